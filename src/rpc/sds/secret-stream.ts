/**
 * One open StreamSecrets: the names subscribed to, what was sent, and how the client answered. The state-of-the-world form
 * of xDS: one response at a time, with a nonce; a request with that nonce acknowledges or refuses it. A resource that does
 * not exist is not sent, and Envoy waits for it. A removed one is not reported, because SDS has no message for it, and
 * Envoy keeps what it has.
 */
import { randomUUID } from "node:crypto";
import type { ConsumerView } from "../../core/view/consumer-view.ts";
import type { View } from "../../core/view/view.ts";
import type { Reply } from "../codec/reply.ts";
import type { SecretStreamState } from "../observe/rpc-metrics.ts";
import type { SecretResource } from "./resource-name.ts";
import { materialOf, readResource, sameMaterial } from "./resource-name.ts";
import type { DiscoveryRequest, SecretMaterial } from "./wire.ts";
import { resourceField, responseHead, versionText } from "./wire.ts";

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
  /** Hands a message to the transport, which calls `taken` when it accepts the next one. */
  readonly send: (reply: Reply, taken: () => void) => void;
  readonly onState: (from: SecretStreamState | undefined, to: SecretStreamState | undefined) => void;
  readonly onAnswer: (answer: SecretAnswer) => void;
}

interface Sent {
  readonly version: string;
  readonly nonce: string;
}

/** See the file comment. */
export class SecretStream {
  readonly #deps: SecretStreamDeps;
  readonly #stopListening: () => void;
  readonly #sent = new Map<string, SecretMaterial>();
  #resources: readonly SecretResource[] = [];
  #last: Sent | undefined;
  #node = "";
  #isDue = false;
  #isInFlight = false;
  #state: SecretStreamState | undefined;

  constructor(deps: SecretStreamDeps) {
    this.#deps = deps;
    this.#stopListening = deps.view.onChange(() => this.#pump());
    this.#become("waiting");
  }

  /** Handles a request. @throws PodkeyError for a name that is not valid or not allowed. */
  receive(request: DiscoveryRequest): void {
    if (request.nodeId !== "") this.#node = request.nodeId;
    const { responseNonce: nonce } = request;
    // It answers an older response; the client will answer the last one too.
    if (nonce !== "" && nonce !== this.#last?.nonce) return;
    if (nonce !== "" && this.#last !== undefined) this.#answered(this.#last, request.errorCode);
    this.#subscribe(request.resourceNames);
    this.#pump();
  }

  /** Stops; the call is over. */
  close(): void {
    this.#stopListening();
    this.#sent.clear();
    this.#become(undefined);
  }

  #answered({ version }: Sent, code: number | undefined): void {
    const outcome = code === undefined ? "acknowledged" : "refused";
    this.#become(code === undefined ? "current" : "refused");
    this.#deps.onAnswer({ outcome, version, node: this.#node, code });
  }

  #subscribe(names: readonly string[]): void {
    const now = [...new Set(names)];
    const before = this.#resources.map(({ text }) => text);
    if (now.length === before.length && now.every((name) => before.includes(name))) return;
    const { view } = this.#deps;
    this.#resources = now.map((name) => readResource(name, view));
    for (const name of before) if (!now.includes(name)) this.#sent.delete(name);
    // The protocol requires a response with all existing resources after each change of the names.
    this.#isDue = true;
  }

  #pump(): void {
    const view = this.#deps.view.current();
    if (this.#isInFlight || view === undefined) return;
    const now = this.#materials(view);
    const isNews = [...now].some(([name, material]) => {
      const before = this.#sent.get(name);
      return before === undefined || !sameMaterial(before, material);
    });
    for (const name of this.#sent.keys()) if (!now.has(name)) this.#sent.delete(name);
    if (now.size === 0 || !(isNews || this.#isDue)) return;
    this.#send(view, now);
  }

  #materials(view: View): ReadonlyMap<string, SecretMaterial> {
    const found = new Map<string, SecretMaterial>();
    for (const resource of this.#resources) {
      const material = materialOf(resource, view.entries.get(resource.key));
      if (material !== undefined) found.set(resource.text, material);
    }
    return found;
  }

  #send(view: View, materials: ReadonlyMap<string, SecretMaterial>): void {
    const version = versionText(this.#deps.view, view);
    const nonce = randomUUID();
    const resources = [...materials].map(([name, material]) => resourceField(name, material));
    this.#last = { version, nonce };
    this.#isDue = false;
    this.#isInFlight = true;
    for (const [name, material] of materials) this.#sent.set(name, material);
    this.#become("behind");
    this.#deps.send([responseHead(version, nonce), ...resources], () => {
      this.#isInFlight = false;
      this.#pump();
    });
  }

  #become(state: SecretStreamState | undefined): void {
    if (state === this.#state) return;
    this.#deps.onState(this.#state, state);
    this.#state = state;
  }
}
