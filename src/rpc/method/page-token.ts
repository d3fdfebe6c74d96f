/** Page tokens of List: the snapshot, the last credential sent and the number of matches, bound to the filters. */
import type { CredentialKey } from "../../core/credential/credential.ts";
import { PodkeyError } from "../../core/errors/errors.ts";
import type { Filter } from "../request/filter.ts";
import type { TokenSeal } from "../request/sealed-token.ts";

/** The position of a listing. */
export interface PagePosition {
  /** Number of the view in `ListSnapshots`. */
  readonly listing: number;
  /** Matches in all pages. */
  readonly total: number;
  /** The last credential that was sent. */
  readonly after: CredentialKey;
}

const HEADER_BYTES = 6 + 4 + 16;

/** The token of the next page. */
export function sealPageToken(seal: TokenSeal, filter: Filter, position: PagePosition): string {
  const header = Buffer.allocUnsafe(HEADER_BYTES);
  header.writeUIntBE(position.listing, 0, 6);
  header.writeUInt32BE(position.total, 6);
  filter.fingerprint.copy(header, 10);
  return seal.seal("page", Buffer.concat([header, Buffer.from(position.after)]));
}

/**
 * The position in a token.
 * @throws PodkeyError BAD_PAGE_TOKEN for garbage and other filters, PAGE_EXPIRED for a token of another process.
 */
export function openPageToken(seal: TokenSeal, token: string, filter: Filter): PagePosition {
  const opened = seal.open("page", token);
  if (opened.kind === "foreign") throw pageExpired();
  if (opened.kind === "garbage" || opened.payload.length <= HEADER_BYTES)
    throw badToken("was not issued by this server or was modified");
  const { payload } = opened;
  if (!payload.subarray(10, HEADER_BYTES).equals(filter.fingerprint))
    throw badToken("belongs to a listing with other filters or another view");
  return {
    listing: payload.readUIntBE(0, 6),
    total: payload.readUInt32BE(6),
    after: payload.subarray(HEADER_BYTES).toString() as CredentialKey,
  };
}

/** The snapshot of the listing is gone. */
export function pageExpired(): PodkeyError {
  return new PodkeyError(
    "PAGE_EXPIRED",
    "The listing of this `page_token` has expired (60 s, newer listings, a policy change or a restart); list again from the first page.",
    { metadata: { lifetime: "60s" } },
  );
}

function badToken(why: string): PodkeyError {
  return new PodkeyError(
    "BAD_PAGE_TOKEN",
    `\`page_token\` ${why}; send \`next_page_token\` unchanged with the same filters, or start again from the first page.`,
    { field: "page_token" },
  );
}
