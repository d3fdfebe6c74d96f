/** A real kube-apiserver for a benchmark, with one namespace of Secrets and a ServiceAccount that may read them. */
import type { KubeApiServer } from "../test/support/kube/kube-api-server.ts";
import { KubeTenant, SERVED } from "../test/support/kube/kube-tenant.ts";
import { startKubeApiServer } from "../test/support/kube/shared-kube-api-server.ts";
import type { ApiServerAccess } from "./subject.ts";

/** See the file comment. */
export class BenchKube {
  readonly server: KubeApiServer;

  private constructor(server: KubeApiServer) {
    this.server = server;
  }

  /** @throws Error that says how to build the binaries, if they are missing. */
  static async start(): Promise<BenchKube> {
    return new BenchKube(await startKubeApiServer());
  }

  /** A new namespace with this many Secrets, named `s0`, `s1` and so on. */
  async namespaceOf(count: number, sizeBytes = 1024): Promise<ApiServerAccess> {
    const tenant = await KubeTenant.create(this.server);
    const names = Array.from({ length: count }, (_, index) => `s${String(index)}`);
    await tenant.putMany(names, () => ({ value: "x".repeat(sizeBytes) }));
    const { namespace, token } = tenant;
    return { url: this.server.url, caPem: this.server.pki.caPem, token, namespace };
  }

  /** Writes a Secret; resolves when the API server has answered. */
  write({ namespace }: ApiServerAccess, name: string, value: string): Promise<void> {
    return this.server.objects.putSecret(namespace, name, { labels: SERVED, data: { value } });
  }

  /** Ends both processes. */
  stop(): Promise<void> {
    return this.server.stop();
  }
}
