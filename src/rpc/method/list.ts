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
  const { policy } = served.view;
  const filter = readFilter(request, policy, "metadata");
  const size = pageSize(request.pageSize);
  const position =
    request.pageToken === "" ? undefined : openPageToken(served.seal, request.pageToken, filter);
  const ready = served.waiters.ready({ readScope: filter, maxAgeMs: maxAgeMs(request.maxAge) }, call);
  // Where the policy was replaced meanwhile, the request is checked again and reads the view of today.
  const unlessReplaced =
    <T>(answer: (from: T) => Reply | Promise<Reply>) =>
    (from: T): Reply | Promise<Reply> =>
      served.view.policy === policy ? answer(from) : list(served, request, call);
  const answer = (view: View): Reply | Promise<Reply> => {
    const made = page(served, filter, size, view, position);
    return made instanceof Promise ? made.then(unlessReplaced((reply) => reply)) : made;
  };
  return ready instanceof Promise ? ready.then(unlessReplaced(answer)) : answer(ready);
}

/** One page; a promise where it takes more than one turn of the event loop. */
function page(
  served: ServedConsumer,
  filter: Filter,
  size: number,
  current: View,
  position: PagePosition | undefined,
): Reply | Promise<Reply> {
  const { policy } = served.view;
  const view = position === undefined ? current : served.listSnapshots.find(position.listing, policy);
  if (view === undefined) throw pageExpired();
  const cutting = cutPage(selectEntries(view, filter, position?.after), {
    maxItems: size,
    maxBytes: PAGE_BYTES,
    sizeBytes: (entry) => credentialField(entry, filter.detail).byteLength,
  });
  const finish = (cut: Page<ViewEntry>): Reply => {
    const total = position?.total ?? countMatches(view, filter, cut);
    return [
      ...cut.items.map((entry) => credentialField(entry, filter.detail)),
      stringField(TOKEN_FIELD, nextToken(served, filter, view, total, cut)),
      served.memo.revision(REVISION_FIELD, view.number),
      served.memo.freshness(FRESHNESS_FIELD, filter).bytes,
      numberField(TOTAL_FIELD, total),
    ];
  };
  const first = cutting.next();
  return first.done === true ? finish(first.value) : inTurns(cutting, served.defer).then(finish);
}

/** Runs a task that yields to its end, one step in a turn of the event loop. */
function inTurns<T>(task: Generator<void, T>, defer: (step: () => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const step = (): void => {
      try {
        const next = task.next();
        if (next.done === true) resolve(next.value);
        else defer(step);
      } catch (thrown) {
        reject(thrown instanceof Error ? thrown : new Error("a list failed"));
      }
    };
    defer(step);
  });
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
