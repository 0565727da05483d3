# One image for gateway, worker and the operator's ai-assistant: the command chooses.
FROM swift:6.3-bookworm AS build
WORKDIR /source
RUN apt-get update -q \
    && apt-get install -q -y --no-install-recommends libhiredis-dev libcurl4-openssl-dev libssl-dev zlib1g-dev \
    && rm -rf /var/lib/apt/lists/*
COPY . .
RUN --mount=type=cache,target=/source/.build \
    for product in gateway worker ai-assistant; do \
        swift build --configuration release --static-swift-stdlib --product "$product" || exit 1; \
    done \
    && mkdir /programs \
    && cd "$(swift build --configuration release --show-bin-path)" \
    && for product in gateway worker ai-assistant; do strip -o "/programs/$product" "$product" || exit 1; done

FROM debian:bookworm-slim
# The Swift runtime is inside the programs; these are the C libraries they load, the programs that read PDF and docx, and
# Python for plugins.
RUN apt-get update -q \
    && apt-get install -q -y --no-install-recommends \
        ca-certificates libcurl4 libhiredis0.14 libssl3 libstdc++6 tzdata zlib1g \
        pandoc poppler-data poppler-utils python3 util-linux \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin assistant
COPY --from=build /programs/ /usr/local/bin/
USER 10001:10001
EXPOSE 8080
STOPSIGNAL SIGTERM
CMD ["gateway"]
