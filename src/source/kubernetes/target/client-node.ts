/** The one file that loads @kubernetes/client-node; kubeconfig.ts imports it lazily, so that no pod pays its 60 MB. */
export { KubeConfig } from "@kubernetes/client-node";
