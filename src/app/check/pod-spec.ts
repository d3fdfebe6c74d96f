/**
 * The fields of a PodSpec that the checks use, and where kinds have their PodSpec. Objects of other shapes are ignored; the
 * API server validates them.
 */
import { z } from "zod";

/** An empty list can be null, [] or absent. */
const listOf = <T extends z.ZodType>(item: T): z.ZodType<readonly z.infer<T>[]> =>
  z.preprocess((value) => value ?? [], z.array(item));

const mountSchema = z.object({
  name: z.string(),
  mountPath: z.string(),
  readOnly: z.boolean().nullish(),
  subPath: z.string().nullish(),
  subPathExpr: z.string().nullish(),
});

const containerSchema = z.object({
  name: z.string(),
  args: listOf(z.string()),
  restartPolicy: z.string().nullish(),
  startupProbe: z.looseObject({}).nullish(),
  volumeMounts: listOf(mountSchema),
});

const volumeSchema = z.object({
  name: z.string(),
  emptyDir: z.looseObject({}).nullish(),
  projected: z
    .object({
      sources: listOf(
        z.object({ serviceAccountToken: z.object({ audience: z.string().nullish() }).nullish() }),
      ),
    })
    .nullish(),
});

const podSpecSchema = z.object({
  automountServiceAccountToken: z.boolean().nullish(),
  hostNetwork: z.boolean().nullish(),
  shareProcessNamespace: z.boolean().nullish(),
  initContainers: listOf(containerSchema),
  containers: listOf(containerSchema),
  ephemeralContainers: listOf(containerSchema),
  volumes: listOf(volumeSchema),
});

/** The checked fields of a PodSpec. */
export type PodSpec = z.infer<typeof podSpecSchema>;

/** A container of any list of the PodSpec. */
export type PodContainer = z.infer<typeof containerSchema>;

/** A pod, or an object that creates pods. */
export interface FoundPod {
  /** `Deployment web`, for the report. */
  readonly title: string;
  readonly spec: PodSpec;
}

/** The path of the PodSpec, by kind. */
const SPEC_PATHS: Readonly<Record<string, readonly string[]>> = {
  Pod: ["spec"],
  Deployment: ["spec", "template", "spec"],
  StatefulSet: ["spec", "template", "spec"],
  DaemonSet: ["spec", "template", "spec"],
  ReplicaSet: ["spec", "template", "spec"],
  ReplicationController: ["spec", "template", "spec"],
  Job: ["spec", "template", "spec"],
  CronJob: ["spec", "jobTemplate", "spec", "template", "spec"],
};

/** The pods of a parsed object: one, those of a List, or none for other kinds. */
export function findPods(object: unknown): readonly FoundPod[] {
  const kind = at(object, ["kind"]);
  if (typeof kind !== "string") return [];
  const items = at(object, ["items"]);
  if (kind.endsWith("List") && Array.isArray(items)) return items.flatMap(findPods);
  const path = SPEC_PATHS[kind];
  if (path === undefined) return [];
  const parsed = podSpecSchema.safeParse(at(object, path));
  const name = at(object, ["metadata", "name"]);
  return parsed.success
    ? [{ title: `${kind} ${typeof name === "string" ? name : "without a name"}`, spec: parsed.data }]
    : [];
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, step) =>
      typeof inner === "object" && inner !== null
        ? (inner as Readonly<Record<string, unknown>>)[step]
        : undefined,
    value,
  );
}
