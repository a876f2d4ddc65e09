# The whole stack in one static program and nothing else. Built by `docker compose` (deploy/compose.yaml), or by
#   docker build -t gnomon .
# What /image of another image holds takes the place of a build: --build-arg PROGRAM=IMAGE.
ARG PROGRAM=build

FROM node:22-bookworm-slim AS web
WORKDIR /src/web
COPY web/package.json web/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY web/ ./
RUN npm run build

FROM rust:1.95-slim-bookworm AS build
WORKDIR /src
COPY . .
COPY --from=web /src/web/dist web/dist
RUN scripts/build.sh \
 && install -D target/*/release/gnomon /image/gnomon \
 && install -d /image/etc/gnomon/dashboards \
 && install -d -o 65532 -g 65532 /image/data

FROM ${PROGRAM} AS program

FROM scratch
COPY --from=program /image/ /
COPY deploy/compose/prometheus.yml /etc/gnomon/prometheus.yml
USER 65532:65532
WORKDIR /data
EXPOSE 8000 9090 3000
ENTRYPOINT ["/gnomon"]
CMD ["run", "--config.file=/etc/gnomon/prometheus.yml", "--storage.tsdb.path=/data", \
     "--web.listen-address=:9090", "--dashboard.path=/etc/gnomon/dashboards"]
