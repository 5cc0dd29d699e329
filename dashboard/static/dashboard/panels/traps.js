// How probable a trap is, by pattern and timeframe. No detector tells of one yet, so there is nothing to follow.

import { Panel } from "./panel.js";

export class TrapsPanel extends Panel {}
