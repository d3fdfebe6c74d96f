/**
 * SelfSubjectAccessReview and SelfSubjectRulesReview: what a client asks to learn why it got a 403. Every user may.
 */
import type { Rule } from "./access.ts";
import type { ApiRequest, ServerContext } from "./server-context.ts";

const API = "authorization.k8s.io/v1";

/** Path of both reviews. */
export const REVIEW_PATH =
  /^\/apis\/authorization\.k8s\.io\/v1\/(selfsubjectaccessreviews|selfsubjectrulesreviews)$/;

interface ReviewBody {
  readonly spec?: {
    readonly namespace?: string;
    readonly resourceAttributes?: {
      readonly verb?: string;
      readonly resource?: string;
      readonly namespace?: string;
      readonly name?: string;
    };
  };
}

/** Answers either review with 201. */
export function handleReview({ access }: ServerContext, { record, responder, user }: ApiRequest): void {
  const body = JSON.parse(record.body) as ReviewBody;
  if (record.path.endsWith("rulesreviews")) {
    const resourceRules = access.rulesOf(user, body.spec?.namespace ?? "").map(resourceRule);
    const status = { resourceRules, nonResourceRules: [], incomplete: false };
    responder.json(201, { kind: "SelfSubjectRulesReview", apiVersion: API, metadata: {}, spec: {}, status });
    return;
  }
  const asked = body.spec?.resourceAttributes ?? {};
  const allowed = access.allows(user, {
    verb: asked.verb ?? "",
    resource: asked.resource ?? "",
    namespace: asked.namespace === "" ? undefined : asked.namespace,
    name: asked.name === "" ? undefined : asked.name,
  });
  responder.json(201, {
    kind: "SelfSubjectAccessReview",
    apiVersion: API,
    metadata: {},
    spec: body.spec,
    status: { allowed },
  });
}

function resourceRule({ verbs, resources, resourceNames }: Rule): object {
  return { verbs, apiGroups: [""], resources, ...(resourceNames === undefined ? {} : { resourceNames }) };
}
