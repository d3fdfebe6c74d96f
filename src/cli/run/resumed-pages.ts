/**
 * The pages of a listing that is printed while it is read. A reader such as `less` may stop for longer than podkey keeps the
 * snapshot of the pages (60 s): then the listing starts again behind the last credential that was printed.
 */
import type {
  CallLimits,
  Credential,
  CredentialClient,
  ListRequest,
  ListResponse,
} from "../../client/index.ts";
import { listPages, RpcFailure } from "../../client/index.ts";

const ATTEMPTS = 3;

/** The pages, sorted by namespace and name, each credential once. @throws RpcFailure. */
export async function* resumedPages(
  client: CredentialClient,
  request: ListRequest,
  limits?: CallLimits,
): AsyncGenerator<ListResponse, void, undefined> {
  let last: Credential | undefined;
  for (let attempt = 1; ; attempt++) {
    try {
      for await (const page of listPages(client, request, limits)) {
        const credentials = page.credentials.filter((one) => last === undefined || isBehind(one, last));
        last = credentials.at(-1) ?? last;
        yield { ...page, credentials };
      }
      return;
    } catch (error) {
      if (!(error instanceof RpcFailure) || error.reason !== "PAGE_EXPIRED" || attempt === ATTEMPTS)
        throw error;
    }
  }
}

function isBehind(one: Credential, last: Credential): boolean {
  return one.namespace === last.namespace ? one.name > last.name : one.namespace > last.namespace;
}
