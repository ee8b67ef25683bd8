// The tools of the command bar, each a module with an `install(desk)`. A key goes to the first that wants it: while a paste runs, to the paste.

import { install as download } from "./tools/download.js";
import { install as find } from "./tools/find.js";
import { install as fit } from "./tools/fit.js";
import { install as help } from "./tools/help.js";
import { install as keys } from "./tools/keys.js";
import { install as looks } from "./tools/looks.js";
import { install as paste } from "./tools/paste.js";
import { install as power } from "./tools/power.js";
import { install as sac } from "./tools/sac.js";
import { install as sysrq } from "./tools/sysrq.js";
import { install as sysrqRow } from "./tools/sysrq_row.js";
import { install as silence } from "./around/silence.js";

export const tools = [paste, sac, power, keys, sysrqRow, sysrq, find, download, looks, fit, silence, help];
