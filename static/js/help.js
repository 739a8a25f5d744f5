// The customers' pages work without this; it changes the theme at once and lets the ring count.
import { start as startPromise } from "./promise.js";
import { start as startTheme } from "./theme.js";

startTheme();
startPromise();
