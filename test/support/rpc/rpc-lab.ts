/** An RPC server in process, on a Unix socket in its own folder, with a view that the test writes. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock, Timers } from "../../../src/core/time/clock.ts";
import type { AuditRecord } from "../../../src/rpc/observe/audit.ts";
import { createRpcServer } from "../../../src/rpc/server.ts";
import type { Endpoint, RpcLimits, RpcServer } from "../../../src/rpc/server.ts";
import type { EventFields, EventName } from "../../../src/log/events.ts";
import { DESCRIPTORS, openClient } from "./client.ts";
import type { RpcClient } from "./client.ts";
import { MemoryView } from "./memory-view.ts";
import { countedMetrics } from "./no-metrics.ts";
import type { CountedMetrics } from "./no-metrics.ts";

/** Real time. */
export const REAL_TIME: Clock & Timers = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  after: (delayMs, task) => {
    const timer = setTimeout(task, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** Options of a lab. */
export interface LabOptions {
  readonly time?: Clock & Timers;
  readonly limits?: Partial<RpcLimits>;
  /** Endpoints instead of the one socket; receives the folder and the default view. */
  readonly endpoints?: (lab: { readonly folder: string; readonly view: MemoryView }) => readonly Endpoint[];
  readonly withoutReflection?: boolean;
}

/** See the file comment. */
export class RpcLab {
  readonly folder = mkdtempSync(join(tmpdir(), "podkey-"));
  readonly socket = join(this.folder, "podkey.sock");
  readonly view: MemoryView;
  readonly metrics: CountedMetrics = countedMetrics();
  readonly audited: AuditRecord[] = [];
  readonly logged: { readonly event: EventName; readonly fields: EventFields }[] = [];
  readonly server: RpcServer;
  readonly #clients: RpcClient[] = [];

  constructor(options: LabOptions = {}) {
    const time = options.time ?? REAL_TIME;
    this.view = new MemoryView({ clock: time });
    const { folder, view } = this;
    this.server = createRpcServer({
      endpoints: options.endpoints?.({ folder, view }) ?? [
        { consumer: view, listen: { kind: "unix", path: this.socket }, socketMode: 0o660 },
      ],
      limits: { maxStreams: 1024, maxConnections: 256, maxStaleMs: 0, ...options.limits },
      descriptorSet: options.withoutReflection === true ? undefined : DESCRIPTORS,
      clock: time,
      timers: time,
      log: (event, fields = {}) => void this.logged.push({ event, fields }),
      metrics: this.metrics,
      audit: (record) => void this.audited.push(record),
    });
  }

  /** Starts a lab. */
  static async start(options: LabOptions = {}): Promise<RpcLab> {
    const lab = new RpcLab(options);
    await lab.server.start();
    return lab;
  }

  /** A client of the socket, closed with the lab. */
  client(address = `unix:${this.socket}`): RpcClient {
    const client = openClient(address);
    this.#clients.push(client);
    return client;
  }

  /** Ends everything. */
  async close(): Promise<void> {
    for (const client of this.#clients) client.close();
    await this.server.stop(0);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
