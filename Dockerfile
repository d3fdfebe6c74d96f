# The image of podkey: Node 24, one bundle, the descriptors, a compile cache. No shell, no package manager, uid 65532.
#
#   docker buildx build --platform linux/amd64,linux/arm64 --build-arg PODKEY_REVISION=$(git rev-parse --short=12 HEAD) .
#
# Both bases are arguments: the release workflow pins their digests, and a machine without a registry uses local bases
# (test/image does this). With SOURCE_DATE_EPOCH every build gives the same layers, except the compile cache.
ARG BUILD_BASE=docker.io/library/node:24-trixie-slim
ARG BASE=gcr.io/distroless/nodejs24-debian13:nonroot

# The bundle is the same for every platform except one native file, so it is built on the platform of the build machine.
FROM --platform=$BUILDPLATFORM ${BUILD_BASE} AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
COPY tools/node/package.json tools/node/
RUN npm ci --ignore-scripts
ARG BUILDARCH
ARG TARGETARCH
# npm installs the native package of the platform that it runs on. For another platform, a second installation from the same
# lock file provides that package.
RUN if [ "${TARGETARCH}" != "${BUILDARCH}" ]; then \
      mkdir /target && cp -r package.json package-lock.json .npmrc tools /target/ && cd /target && \
      npm ci --ignore-scripts --omit=dev --workspaces=false --os=linux --libc=glibc \
        --cpu="$(echo "${TARGETARCH}" | sed s/amd64/x64/)" && \
      cp -r node_modules/@koromix/. /src/node_modules/@koromix/ && rm -r /target; \
    fi
COPY tools/ tools/
COPY src/ src/
ARG PODKEY_REVISION=unknown
RUN PODKEY_TARGET_ARCH=${TARGETARCH} PODKEY_REVISION=${PODKEY_REVISION} npm run build

FROM ${BASE} AS podkey
COPY --from=build --chmod=0555 /src/dist/ /usr/local/lib/podkey/
# On the PATH as `podkey`, for `kubectl exec` and exec probes.
COPY --chmod=0555 deploy/image/podkey /usr/local/bin/podkey
# Limits V8's young generation to 4 MB; Node's default lets it grow to 32 MB under load and keeps it. Two arenas of malloc
# instead of eight for each processor save 6 MiB after load. Node reads compiled code from the compile cache, and ignores it if
# V8's version, flags or processor features differ (https://nodejs.org/api/module.html#module-compile-cache).
ENV NODE_ENV=production \
    NODE_OPTIONS=--max-semi-space-size=4 \
    NODE_COMPILE_CACHE=/usr/local/lib/podkey/compile-cache \
    MALLOC_ARENA_MAX=2
USER 65532:65532

# Node writes the cache when a program ends, into a folder named after its version and the user: with another runAsUser every
# start compiles. Build each platform on a machine of that platform.
FROM podkey AS compile
ENV NODE_COMPILE_CACHE=/tmp/compile-cache
RUN ["/nodejs/bin/node", "/usr/local/bin/podkey", "version"]

FROM podkey
ARG PODKEY_REVISION=unknown
ARG PODKEY_VERSION=0.1.0
LABEL org.opencontainers.image.title="podkey" \
      org.opencontainers.image.description="Live credentials for the containers of a pod: labelled Kubernetes Secrets over gRPC, from a native sidecar" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${PODKEY_VERSION}" \
      org.opencontainers.image.revision="${PODKEY_REVISION}"
COPY --from=compile --chmod=0555 /tmp/compile-cache/ /usr/local/lib/podkey/compile-cache/
ENTRYPOINT ["/usr/local/bin/podkey"]
CMD ["serve"]
