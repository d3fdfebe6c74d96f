/**
 * List: pages of at most 1 MiB, all from one revision of the consumer's view. The first page counts the matches and, if
 * more pages follow, keeps the view as a snapshot, which the later pages read.
 */
import type { CredentialKey } from "../../core/credential/credential.ts";
import { PodkeyError } from "../../core/errors/errors.ts";
import { DEFAULT_PAGE_SIZE, PAGE_SIZE_LIMIT, VALID_PAGE_SIZES } from "../../core/errors/request-limits.ts";
import { cutPage } from "./page.ts";
import type { Page } from "./page.ts";
import type { View, ViewEntry } from "../../core/view/view.ts";
import { numberField, stringField } from "../codec/answers.ts";
import { credentialField } from "../codec/credential.ts";
import type { ListRequest } from "../codec/requests.ts";
import type { Reply } from "../codec/reply.ts";
import { readFilter, selectEntries } from "../request/filter.ts";
import type { Filter } from "../request/filter.ts";
import { maxAgeMs } from "./get.ts";
import { openPageToken, pageExpired, sealPageToken } from "./page-token.ts";
import type { PagePosition } from "./page-token.ts";
import type { ServedConsumer } from "../consumer/served-consumer.ts";
import type { WaitingCall } from "../consumer/wait.ts";

/** Limit of the encoded credentials of a page, which holds at least one credential. */
export const PAGE_BYTES = 1024 * 1024;

/** Fields of ListResponse. */
const TOKEN_FIELD = 2;
const REVISION_FIELD = 3;
const FRESHNESS_FIELD = 4;
const TOTAL_FIELD = 5;

/**
 * Answers a List.
 * @throws PodkeyError (or rejects with one) as listed at the method in the proto file.
 */
export function list(
  served: ServedConsumer,
  request: ListRequest,
  call: WaitingCall,
): Reply | Promise<Reply> {
  const filter = readFilter(request, served.view.policy, "metadata");
  const size = pageSize(request.pageSize);
  const position =
    request.pageToken === "" ? undefined : openPageToken(served.seal, request.pageToken, filter);
  const ready = served.waiters.ready({ readScope: filter, maxAgeMs: maxAgeMs(request.maxAge) }, call);
  const answer = (current: View): Reply => page(served, filter, size, current, position);
  return ready instanceof Promise ? ready.then(answer) : answer(ready);
}

function page(
  served: ServedConsumer,
  filter: Filter,
  size: number,
  current: View,
  position: PagePosition | undefined,
): Reply {
  const { policy } = served.view;
  const view = position === undefined ? current : served.listSnapshots.find(position.listing, policy);
  if (view === undefined) throw pageExpired();
  const cut = cutPage(selectEntries(view, filter, position?.after), {
    maxItems: size,
    maxBytes: PAGE_BYTES,
    sizeBytes: (entry) => credentialField(entry, filter.detail).byteLength,
  });
  const total = position?.total ?? countMatches(view, filter, cut);
  return [
    ...cut.items.map((entry) => credentialField(entry, filter.detail)),
    stringField(TOKEN_FIELD, nextToken(served, filter, view, total, cut)),
    served.memo.revision(REVISION_FIELD, view.number),
    served.memo.freshness(FRESHNESS_FIELD, filter).bytes,
    numberField(TOTAL_FIELD, total),
  ];
}

function countMatches(view: View, filter: Filter, first: Page<ViewEntry>): number {
  if (!first.more) return first.items.length;
  let count = 0;
  for (const _ of selectEntries(view, filter)) count += 1;
  return count;
}

function nextToken(
  served: ServedConsumer,
  filter: Filter,
  view: View,
  total: number,
  cut: Page<ViewEntry>,
): string {
  const after: CredentialKey | undefined = cut.items.at(-1)?.key;
  if (!cut.more || after === undefined) return "";
  return sealPageToken(served.seal, filter, {
    listing: served.listSnapshots.keep(view, served.view.policy),
    total,
    after,
  });
}

function pageSize(asked: number): number {
  if (asked < 0)
    throw new PodkeyError("BAD_PAGE_SIZE", `\`page_size\` is negative; use ${VALID_PAGE_SIZES}.`, {
      field: "page_size",
      metadata: { page_size: String(asked) },
    });
  return asked === 0 ? DEFAULT_PAGE_SIZE : Math.min(asked, PAGE_SIZE_LIMIT);
}
