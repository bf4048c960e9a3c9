# wwwhy as an image: a static binary, certificates, nothing else.
# Compiled on the machine that builds, for the one that the image is for.
FROM --platform=$BUILDPLATFORM golang:1.26 AS build
ARG TARGETOS TARGETARCH
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -trimpath -ldflags="-s -w" -o /out/wwwhy ./cmd/wwwhy && mkdir /out/data

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /out/wwwhy /wwwhy
# A new volume takes the owner of the folder that it covers: for --data.
COPY --from=build --chown=65532:65532 /out/data /data
USER 65532:65532
ENV WWWHY_ADDR=0.0.0.0:8080
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=4s --start-period=5s CMD ["/wwwhy", "healthcheck"]
ENTRYPOINT ["/wwwhy"]
CMD ["serve"]
