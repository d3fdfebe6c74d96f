/**
 * A plain JSON client of an API server for tests: node:https and a client certificate. It does not use podkey's own
 * transport, because that is under test.
 */
import { Agent, request } from "node:https";
import type { CertificatePair } from "../tls/certificate-authority.ts";

/** An answer of the API server. */
export interface KubeAnswer {
  readonly status: number;
  /** Parsed JSON, or the text if it is not JSON. */
  readonly body: unknown;
  /** The header `warning` (RFC 7234), empty if absent. */
  readonly warning: string;
}

/** The API server refused the request; the message quotes its response. */
export class KubeRequestError extends Error {
  readonly status: number;

  constructor(what: string, answer: KubeAnswer) {
    super(`${what}: HTTP ${String(answer.status)} ${JSON.stringify(answer.body).slice(0, 300)}`);
    this.name = "KubeRequestError";
    this.status = answer.status;
  }
}

const CONTENT_TYPE: Readonly<Record<string, string>> = {
  PATCH: "application/merge-patch+json",
  APPLY: "application/apply-patch+yaml",
};

/** See the file comment. */
export class KubeClient {
  readonly #url: string;
  readonly #caPem: string;
  readonly #identity: CertificatePair;
  #agent: Agent;

  constructor(deps: { readonly url: string; readonly caPem: string; readonly identity: CertificatePair }) {
    this.#url = deps.url;
    this.#caPem = deps.caPem;
    this.#identity = deps.identity;
    this.#agent = this.#newAgent();
  }

  /** Sends a request and returns any response. APPLY is a PATCH by server-side apply. */
  ask(method: string, path: string, body?: unknown): Promise<KubeAnswer> {
    return new Promise((resolve, reject) => {
      const text = body === undefined ? undefined : JSON.stringify(body);
      const headers =
        text === undefined
          ? {}
          : {
              "content-type": CONTENT_TYPE[method] ?? "application/json",
              "content-length": Buffer.byteLength(text),
            };
      const outgoing = request(new URL(path, this.#url), {
        method: method === "APPLY" ? "PATCH" : method,
        headers,
        agent: this.#agent,
      });
      outgoing.once("error", reject).once("response", (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.once("error", reject).once("end", () => {
          const body = parse(Buffer.concat(chunks).toString("utf8"));
          resolve({ status: response.statusCode ?? 0, body, warning: response.headers.warning ?? "" });
        });
      });
      outgoing.end(text);
    });
  }

  /** As `ask`, but fails unless the status is 2xx. @throws KubeRequestError */
  async send(method: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await this.ask(method, path, body);
    if (answer.status < 200 || answer.status > 299) throw new KubeRequestError(`${method} ${path}`, answer);
    return answer.body;
  }

  /** Closes idle connections: after a stop of the server they would fail the next request. */
  forgetConnections(): void {
    this.#agent.destroy();
    this.#agent = this.#newAgent();
  }

  #newAgent(): Agent {
    const { certificatePem: cert, keyPem: key } = this.#identity;
    return new Agent({ keepAlive: true, maxSockets: 16, ca: this.#caPem, cert, key });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
