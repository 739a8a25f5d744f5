// Everything works without scripts; these make it quicker. No inline handlers: the policy is strict.
import { start as startComposer } from "./composer.js";
import { start as startDesktop } from "./desktop.js";
import { start as startDrafts } from "./drafts.js";
import { start as startEditor } from "./editor.js";
import { start as startFocus } from "./focus.js";
import { start as startKeyboard } from "./keyboard.js";
import { start as startLate } from "./late.js";
import { start as startLive } from "./live.js";
import { start as startMentions } from "./mentions.js";
import { start as startPanes } from "./panes.js";
import { start as startTheme } from "./theme.js";
import { start as startToasts } from "./toasts.js";
import { start as startUploads } from "./uploads.js";

startTheme();
startPanes();
startComposer();
startDrafts();
startEditor();
startMentions();
startKeyboard();
startFocus();
startToasts();
startUploads();
startLate();
startDesktop();
startLive();
