/**
 * One open StreamSecrets: the names subscribed to, what was sent, and how the client answered. The state-of-the-world form
 * of xDS: a response has all existing resources, or where they exceed 3.5 MiB several responses have them together. A
 * request with the nonce of the last response acknowledges or refuses it. A resource that does not exist is not sent, and
 * Envoy waits for it. A removed one is not reported, because SDS has no message for it, and Envoy keeps what it has.
 */
import { randomUUID } from "node:crypto";
import type { CredentialKey } from "../../core/credential/credential.ts";
import type { ConsumerView } from "../../core/view/consumer-view.ts";
import type { View, ViewChange, ViewEntry } from "../../core/view/view.ts";
import type { HeldRequest } from "../consumer/held-requests.ts";
import { replySizeBytes } from "../codec/reply.ts";
import type { Reply } from "../codec/reply.ts";
import type { SecretStreamState } from "../observe/rpc-metrics.ts";
import type { ReadyQueue } from "../watch/ready-queue.ts";
import type { SecretResource, SentResource } from "./resource-name.ts";
import { isStillAllowed, materialOf, readResource, sameMaterial } from "./resource-name.ts";
import type { DiscoveryRequest, SecretMaterial } from "./wire.ts";
import { resourceField, responseHead, SDS_ANSWER_LIMIT_BYTES, SDS_HEAD_BYTES, versionText } from "./wire.ts";

/** How a client answered a response. */
export interface SecretAnswer {
  readonly outcome: "acknowledged" | "refused";
  readonly version: string;
  /** Node id that the client sent. */
  readonly node: string;
  /** gRPC code of a refusal. */
  readonly code: number | undefined;
}

export interface SecretStreamDeps {
  readonly view: ConsumerView;
  /** The streams of the consumer that have something to send. */
  readonly ready: ReadyQueue;
  /** Holds the names of the stream, or shares equal ones. @throws PodkeyError TOO_MANY_STREAMS. */
  readonly hold: (subscription: Subscription, sizeBytes: number) => HeldRequest<Subscription>;
  /** Hands a message to the transport, which calls `taken` when it accepts the next one. */
  readonly send: (reply: Reply, taken: () => void) => void;
  /** Ends the call without sending the rest of the message in flight. */
  readonly cut: () => void;
  /** Ends the call because of a bug. */
  readonly fail: (thrown: unknown) => void;
  readonly onState: (from: SecretStreamState | undefined, to: SecretStreamState | undefined) => void;
  readonly onAnswer: (answer: SecretAnswer) => void;
}

/** The names that a stream asks for. */
export interface Subscription {
  readonly resources: ReadonlyMap<string, SecretResource>;
  readonly keys: ReadonlySet<CredentialKey>;
}

const NO_SUBSCRIPTION: Subscription = { resources: new Map(), keys: new Set() };

/** Memory of a resource beside its name, which it holds twice, in bytes. */
const RESOURCE_BYTES = 200;

/** What one response takes from the resources that are left to send. */
interface Piece {
  readonly fields: Reply;
  readonly resources: readonly SentResource[];
}

/** See the file comment. */
export class SecretStream {
  readonly #deps: SecretStreamDeps;
  readonly #stop: readonly (() => void)[];
  /** What the client has, by resource name; while a state is sent, the part of it that was sent. */
  readonly #sent = new Map<string, SecretMaterial>();
  #subscription = NO_SUBSCRIPTION;
  #releaseNames: (() => void) | undefined;
  #last: { readonly version: string; readonly nonce: string } | undefined;
  /** Nonces of earlier responses with parts of the same state. */
  readonly #earlier = new Set<string>();
  #isPartRefused = false;
  #node = "";
  /** Whether the state is to be sent although nothing in it changed. */
  #isDue = false;
  /** Whether a part of the state was sent and another is left. */
  #isSplit = false;
  #inFlight: readonly SentResource[] | undefined;
  #isClosed = false;
  #state: SecretStreamState | undefined;

  constructor(deps: SecretStreamDeps) {
    this.#deps = deps;
    this.#stop = [
      deps.view.onChange((change) => this.#onChange(change)),
      deps.view.onPolicy(() => this.#onPolicy()),
    ];
    this.#become("waiting");
  }

  /** Handles a request. @throws PodkeyError for a name that is not valid or not allowed. */
  receive(request: DiscoveryRequest): void {
    if (request.nodeId !== "") this.#node = request.nodeId;
    const { responseNonce: nonce, errorCode } = request;
    if (nonce !== "" && nonce !== this.#last?.nonce) {
      // The client will answer the last response too, with its current names.
      if (this.#last === undefined || !this.#earlier.has(nonce) || errorCode === undefined) return;
      this.#isPartRefused = true;
      this.#deps.onAnswer({
        outcome: "refused",
        version: this.#last.version,
        node: this.#node,
        code: errorCode,
      });
      return;
    }
    if (nonce !== "" && this.#last !== undefined) this.#answered(this.#last.version, errorCode);
    this.#subscribe(request.resourceNames);
    this.#deps.ready.add(this);
  }

  /** Sends the next response if one is due and none is in flight. Never throws. */
  pump(): void {
    if (this.#inFlight !== undefined || this.#isClosed) return;
    try {
      const view = this.#deps.view.current();
      if (view !== undefined) this.#pump(view);
    } catch (thrown) {
      this.#deps.fail(thrown);
    }
  }

  /** Stops; the call is over. */
  close(): void {
    this.#isClosed = true;
    for (const stop of this.#stop) stop();
    this.#deps.ready.delete(this);
    this.#releaseNames?.();
    this.#sent.clear();
    this.#become(undefined);
  }

  #onChange({ changed, removed }: ViewChange): void {
    const { keys } = this.#subscription;
    if (changed.some((key) => keys.has(key)) || removed.some(({ key }) => keys.has(key)))
      this.#deps.ready.add(this);
  }

  #onPolicy(): void {
    const { policy } = this.#deps.view;
    if (this.#inFlight?.every((sent) => isStillAllowed(sent, policy)) === false) this.#deps.cut();
  }

  #answered(version: string, code: number | undefined): void {
    const outcome = code === undefined ? "acknowledged" : "refused";
    if (!this.#isSplit) this.#become(code === undefined && !this.#isPartRefused ? "current" : "refused");
    this.#deps.onAnswer({ outcome, version, node: this.#node, code });
  }

  #subscribe(names: readonly string[]): void {
    const now = new Set(names);
    if (now.symmetricDifference(this.#subscription.resources).size === 0) return;
    const { view } = this.#deps;
    const resources = new Map([...now].map((name) => [name, readResource(name, view)]));
    const keys = new Set([...resources.values()].map(({ key }) => key));
    let sizeBytes = 0;
    for (const name of now) sizeBytes += RESOURCE_BYTES + 2 * name.length;
    this.#releaseNames?.();
    const { value, release } = this.#deps.hold({ resources, keys }, sizeBytes);
    this.#subscription = value;
    this.#releaseNames = release;
    // The protocol requires a response with all existing resources after each change of the names.
    this.#isDue = true;
  }

  #pump(view: View): void {
    const isNewState = !this.#isSplit || this.#isDue;
    if (isNewState) {
      if (!this.#isDue && !this.#hasNews(view)) return;
      this.#sent.clear();
      this.#earlier.clear();
      this.#isPartRefused = false;
    }
    const piece = this.#cutPiece(view);
    if (piece.resources.length > 0) {
      this.#isDue = false;
      if (!isNewState && this.#last !== undefined) this.#earlier.add(this.#last.nonce);
      this.#send(view, piece);
    } else if (this.#isSplit) {
      // Nothing of the split answer is left. Later changes are the next state.
      this.#isSplit = false;
      this.#pump(view);
    }
  }

  #hasNews(view: View): boolean {
    for (const name of this.#sent.keys())
      if (!this.#subscription.resources.has(name)) this.#sent.delete(name);
    let isNews = false;
    for (const [name, resource] of this.#subscription.resources) {
      const material = sendableMaterial(resource, view.entries.get(resource.key));
      const before = this.#sent.get(name);
      if (material === undefined) this.#sent.delete(name);
      else isNews ||= before === undefined || !sameMaterial(before, material);
    }
    return isNews;
  }

  /** The resources that are left to send, as far as they fit; `#isSplit` tells whether more are left. */
  #cutPiece(view: View): Piece {
    const fields: Uint8Array[] = [];
    const resources: SentResource[] = [];
    let leftBytes = SDS_ANSWER_LIMIT_BYTES - SDS_HEAD_BYTES;
    this.#isSplit = false;
    for (const [name, resource] of this.#subscription.resources) {
      if (this.#sent.has(name)) continue;
      const entry = view.entries.get(resource.key);
      const material = sendableMaterial(resource, entry);
      if (entry === undefined || material === undefined) continue;
      const field = resourceField(name, material);
      const sizeBytes = replySizeBytes(field);
      if (sizeBytes > leftBytes) {
        this.#isSplit = true;
        continue;
      }
      leftBytes -= sizeBytes;
      fields.push(...field);
      resources.push({ resource, entry });
      this.#sent.set(name, material);
    }
    return { fields, resources };
  }

  #send(view: View, { fields, resources }: Piece): void {
    const version = versionText(this.#deps.view, view);
    const nonce = randomUUID();
    this.#last = { version, nonce };
    this.#inFlight = resources;
    this.#become("behind");
    this.#deps.send([responseHead(version, nonce), ...fields], () => {
      this.#inFlight = undefined;
      this.pump();
    });
  }

  #become(state: SecretStreamState | undefined): void {
    if (state === this.#state) return;
    this.#deps.onState(this.#state, state);
    this.#state = state;
  }
}

/** The values of a resource; one that no response can hold counts as missing. */
function sendableMaterial(
  resource: SecretResource,
  entry: ViewEntry | undefined,
): SecretMaterial | undefined {
  const material = materialOf(resource, entry);
  if (material === undefined) return undefined;
  const sizeBytes = replySizeBytes(resourceField(resource.text, material));
  return sizeBytes <= SDS_ANSWER_LIMIT_BYTES - SDS_HEAD_BYTES ? material : undefined;
}
