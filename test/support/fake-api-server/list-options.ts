/**
 * Validation of list and watch parameters, with the rules and words of apimachinery's ValidateListOptions (1.36).
 */
import { isTrue } from "./api-request.ts";
import type { Behaviour } from "./server-context.ts";
import { badRequest, invalidListOptions, versionNotANumber } from "./status.ts";

/** Parameters of a list or watch after validation. */
export interface ListOptions {
  /** undefined: absent or empty, a consistent read. */
  readonly resourceVersion: number | undefined;
  readonly exact: boolean;
  readonly limit: number;
  readonly continueToken: string | undefined;
  readonly allowBookmarks: boolean;
  /** undefined: not given. */
  readonly sendInitialEvents: boolean | undefined;
  readonly timeoutSeconds: number | undefined;
}

type Cause = readonly [field: string, message: string];

/**
 * Reads and validates.
 * @throws ApiError 400, 422 or 500, as the real server answers.
 */
export function readListOptions(
  query: URLSearchParams,
  verb: "list" | "watch",
  watchList: Behaviour["watchList"],
): ListOptions {
  const version = query.get("resourceVersion") ?? "";
  const initial = watchList === "ignored" && verb === "watch" ? null : query.get("sendInitialEvents");
  const match = watchList === "ignored" && verb === "watch" ? "" : (query.get("resourceVersionMatch") ?? "");
  const causes =
    verb === "list" ? listCauses(match, version, initial) : watchCauses(match, initial, watchList);
  if (causes.length > 0) throw invalidListOptions(...causes);
  if (!/^\d*$/.test(version)) throw versionNotANumber(version, verb);
  return {
    resourceVersion: version === "" ? undefined : Number(version),
    exact: match === "Exact",
    limit: readInteger(query.get("limit")) ?? 0,
    continueToken: query.get("continue") ?? undefined,
    allowBookmarks: isTrue(query.get("allowWatchBookmarks")),
    sendInitialEvents: initial === null ? undefined : isTrue(initial),
    timeoutSeconds: readInteger(query.get("timeoutSeconds")),
  };
}

function listCauses(match: string, version: string, initial: string | null): readonly Cause[] {
  const causes: Cause[] = [];
  if (match !== "" && version === "") {
    causes.push([
      "resourceVersionMatch",
      "resourceVersionMatch is forbidden unless resourceVersion is provided",
    ]);
  }
  if (initial !== null) causes.push(["sendInitialEvents", "sendInitialEvents is forbidden for list"]);
  return causes;
}

function watchCauses(
  match: string,
  initial: string | null,
  watchList: Behaviour["watchList"],
): readonly Cause[] {
  const causes: Cause[] = [];
  if (initial !== null && match !== "NotOlderThan") {
    const message = "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan";
    causes.push(["resourceVersionMatch", message]);
  }
  if (initial !== null && watchList === "off") {
    const message = "sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled";
    causes.push(["sendInitialEvents", message]);
  }
  if (initial === null && match !== "") {
    const message = "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided";
    causes.push(["resourceVersionMatch", message]);
  }
  return causes;
}

function readInteger(text: string | null): number | undefined {
  if (text === null || text === "") return undefined;
  if (!/^-?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing "${text}": invalid syntax`);
  return Number(text);
}
