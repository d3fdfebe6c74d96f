# podkey as an image: Node 24, one bundle, the descriptors, nothing else. No shell, no package manager, uid 65532.
#
#   docker buildx build --platform linux/amd64,linux/arm64 --build-arg PODKEY_REVISION=$(git rev-parse --short=12 HEAD) .
#
# Both bases are arguments: the release workflow pins digests, and a machine without a registry builds on bases of its own.
ARG BUILD_BASE=docker.io/library/node:24-trixie-slim
ARG BASE=gcr.io/distroless/nodejs24-debian13:nonroot

# The bundle is the same for every platform, so it is built once, on the machine's own.
FROM --platform=$BUILDPLATFORM ${BUILD_BASE} AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
COPY tools/node/package.json tools/node/
RUN npm ci --ignore-scripts
COPY tools/ tools/
COPY src/ src/
ARG PODKEY_REVISION=unknown
RUN PODKEY_REVISION=${PODKEY_REVISION} npm run build

FROM ${BASE}
ARG PODKEY_REVISION=unknown
LABEL org.opencontainers.image.title="podkey" \
      org.opencontainers.image.description="Live credentials for the containers of a pod: labelled Kubernetes Secrets over gRPC, from a native sidecar" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.revision="${PODKEY_REVISION}"
COPY --from=build --chmod=0555 /src/dist/ /usr/local/lib/podkey/
# On the PATH as `podkey`, for `kubectl exec` and exec probes.
COPY --chmod=0555 deploy/image/podkey /usr/local/bin/podkey
ENV NODE_ENV=production
USER 65532:65532
ENTRYPOINT ["/usr/local/bin/podkey"]
CMD ["serve"]
