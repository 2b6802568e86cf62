# A small image around the pinned Jaeger v2 binary, for clusters that reach no registry.
# Its context is a folder that holds `jaeger`, linked statically: docker build -f jaeger.Dockerfile .tools
FROM scratch
COPY --chmod=0755 jaeger /jaeger
# The user of the published image.
USER 10001:10001
# Jaeger writes nothing but to /tmp, which the pod brings along.
EXPOSE 4317 4318 8888 13133 16685 16686
ENTRYPOINT ["/jaeger"]
