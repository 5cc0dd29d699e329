// The wiring of a dashboard that may be arranged.

import { Arranging } from "./arrange.js";
import { following } from "./follow.js";

new Arranging(document.getElementById("arrange"), document.getElementById("panels"), following);
