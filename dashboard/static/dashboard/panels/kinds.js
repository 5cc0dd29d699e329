// Who shows a panel, by the code of its kind: dashboard/panels/kinds.py.

import { BalancesPanel } from "./balances.js";
import { ChangesPanel } from "./changes.js";
import { ChartPanel } from "./chart.js";
import { ConnectionPanel } from "./connection.js";
import { CoveragePanel } from "./coverage.js";
import { FlowPanel } from "./flow.js";
import { LatencyPanel } from "./latency.js";
import { LogPanel } from "./log.js";
import { OrdersPanel } from "./orders.js";
import { PositionPanel } from "./position.js";
import { PricePanel } from "./price.js";
import { RedisPanel } from "./redis.js";
import { TapePanel } from "./tape.js";
import { TrapsPanel } from "./traps.js";
import { UptimePanel } from "./uptime.js";
import { VenuesPanel } from "./venues.js";

export const KINDS = {
  balances: BalancesPanel,
  changes: ChangesPanel,
  chart: ChartPanel,
  connection: ConnectionPanel,
  coverage: CoveragePanel,
  flow: FlowPanel,
  latency: LatencyPanel,
  log: LogPanel,
  orders: OrdersPanel,
  position: PositionPanel,
  price: PricePanel,
  redis: RedisPanel,
  tape: TapePanel,
  traps: TrapsPanel,
  uptime: UptimePanel,
  venues: VenuesPanel,
};
