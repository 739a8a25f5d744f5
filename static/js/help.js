// The customers' pages work without this; it changes the theme at once.
import { start as startTheme } from "./theme.js";

startTheme();
