// The pair of Redis servers: which one is active, how each does, and how many trades come through.

import { age, write } from "../figures.js";
import { ago, count, failed, megabytes, memory, milliseconds, serverState, serverTone, waiting } from "../operation.js";
import { writeAll } from "../rows.js";
import { Panel } from "./panel.js";

export class RedisPanel extends Panel {
  constructor(block, page) {
    super(block, page);
    this.servers = this.rows("servers", "server", fillServer, null);
    this.switchedAt = null;
  }

  wishes() {
    return [{ topic: "redis" }];
  }

  hear_redis({ servers, since_at, reason, spool, validated_per_s }) {
    const { fields } = this;
    this.switchedAt = since_at;
    write(fields.active, servers.find((server) => server.is_active)?.name ?? "–");
    fields.switched.title = reason;
    write(fields.validated, validated_per_s === null ? "–" : `${count(validated_per_s)} /s`);
    write(fields.spool, megabytes(spool));
    this.servers.show(servers);
    fields.note.hidden = servers.length > 1;
  }

  tell(clock) {
    if (this.switchedAt) write(this.fields.switched, ago(clock.secondsSince(this.switchedAt)));
    for (const row of this.fields.servers.rows) {
      const { sinceAt } = row.dataset;
      if (sinceAt) write(row.querySelector('[data-field="since"]'), age(clock.secondsSince(sinceAt)));
    }
  }
}

function fillServer(cells, server) {
  const row = cells.name.closest("tr");
  row.dataset.active = String(server.is_active);
  if (server.since_at) row.dataset.sinceAt = server.since_at;
  cells.state.dataset.tone = serverTone(server.state);
  writeAll(cells, {
    name: server.name,
    state: serverState(server.state),
    latency: milliseconds(server.latency_ms),
    memory: memory(server),
    commands: count(server.commands_per_s),
    failed: failed(server),
    waiting: waiting(server),
  });
}
