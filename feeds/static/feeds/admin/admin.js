// What our pages of the admin do beyond the theme: dangerous changes ask, orders begin with 1, keys reach everything.

import { askBeforeDanger } from "./danger.js";
import { reachByKeys } from "./keys.js";
import { countFromOne } from "./order.js";

askBeforeDanger(document);
countFromOne(document);
reachByKeys(document);
