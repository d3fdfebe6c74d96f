/**
 * grpc.health.v1.Health for the server ("") and CredentialService: SERVING from the first sync of the consumer's view
 * until podkey drains. The npm package is not used: it reads its proto at run time, and a drain cannot end its Watch.
 */
import protobuf from "protobufjs/minimal.js";
import { PodkeyError } from "../../core/errors/errors.ts";
import { asBuffer } from "../codec/answers.ts";
import type { Reply } from "../codec/reply.ts";
import { WireReader } from "../codec/wire-reader.ts";
import type { OpenStream } from "../call/streaming.ts";
import type { ServedConsumer } from "../consumer/served-consumer.ts";

/** Full name of the service. */
export const HEALTH_SERVICE = "grpc.health.v1.Health";

/** Message HealthCheckRequest. */
export interface HealthCheckRequest {
  readonly service: string;
}

type ServingStatus = "SERVING" | "NOT_SERVING" | "SERVICE_UNKNOWN";

const STATUS_NUMBER: Readonly<Record<ServingStatus, number>> = {
  SERVING: 1,
  NOT_SERVING: 2,
  SERVICE_UNKNOWN: 3,
};

const SERVICES = ["", "podkey.v1.CredentialService"] as const;

/** @throws if the bytes are malformed. */
export function decodeHealthCheckRequest(bytes: Uint8Array): HealthCheckRequest {
  const reader = new WireReader(bytes);
  let service = "";
  while (reader.next())
    if (reader.tag === 0x0a) service = reader.string();
    else reader.skip();
  return { service };
}

/** Health of all consumers of a server. */
export class Health {
  readonly #drainListeners = new Set<() => void>();
  #isDraining = false;

  /** Reports NOT_SERVING from now on, also to open Health.Watch calls. */
  drain(): void {
    this.#isDraining = true;
    for (const listener of [...this.#drainListeners]) listener();
  }

  /** Method Check. @throws PodkeyError SERVICE_UNKNOWN. */
  check(served: ServedConsumer, request: HealthCheckRequest): Reply {
    const status = this.#statusOf(served, request.service);
    if (status !== "SERVICE_UNKNOWN") return [statusBytes(status)];
    throw new PodkeyError(
      "SERVICE_UNKNOWN",
      "This server has no such service; ask for podkey.v1.CredentialService or the empty name.",
      { metadata: { service: request.service } },
    );
  }

  /** Method List. */
  list(served: ServedConsumer): Reply {
    const writer = protobuf.Writer.create();
    for (const service of SERVICES) {
      const status = statusBytes(this.#statusOf(served, service));
      writer.uint32(0x0a).fork().uint32(0x0a).string(service).uint32(0x12).bytes(status).ldelim();
    }
    return [asBuffer(writer.finish())];
  }

  /** Method Watch: the status now and after each change. Returns the clean-up for the end of the call. */
  watch(stream: OpenStream, request: HealthCheckRequest): () => void {
    const { served } = stream.connection;
    let sent: ServingStatus | undefined;
    const notify = (): void => {
      const status = this.#statusOf(served, request.service);
      if (status === sent) return;
      sent = status;
      stream.send([statusBytes(status)], () => undefined);
    };
    const stopListening = served.view.onChange(notify);
    this.#drainListeners.add(notify);
    notify();
    return () => {
      stopListening();
      this.#drainListeners.delete(notify);
    };
  }

  #statusOf(served: ServedConsumer, service: string): ServingStatus {
    if (!SERVICES.some((known) => known === service)) return "SERVICE_UNKNOWN";
    return this.#isDraining || served.view.current() === undefined ? "NOT_SERVING" : "SERVING";
  }
}

function statusBytes(status: ServingStatus): Buffer {
  return Buffer.from([0x08, STATUS_NUMBER[status]]);
}
