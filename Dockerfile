# syntax=docker/dockerfile:1
# The viewer, then the server, then an image that holds the one binary and nothing that it does not need.

FROM node:22-slim AS web
WORKDIR /src/web
COPY web/package.json web/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY web/ ./
RUN npm run build

FROM rust:1.95-slim-bookworm AS server
# The image has the C compiler that ring and SQLite need.
WORKDIR /src
COPY . .
COPY --from=web /src/web/dist web/dist
# The bundle is there; npm is not.
ENV ONECOUCH_SKIP_VIEWER=1
RUN cargo build --release --locked --bin onecouch && mkdir /data

FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=server /src/target/release/onecouch /usr/local/bin/onecouch
# 65532 is distroless' nonroot; /data is the only place that is written to.
COPY --from=server --chown=65532:65532 /data /data
USER 65532:65532
WORKDIR /data
ENV ONECOUCH__HTTP__LISTEN=0.0.0.0:8080 \
    ONECOUCH__DATABASE__URL=sqlite:///data/onecouch.db
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["/usr/local/bin/onecouch", "healthcheck"]
ENTRYPOINT ["/usr/local/bin/onecouch"]
CMD ["serve"]
