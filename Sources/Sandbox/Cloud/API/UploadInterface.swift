import HTTPTypes
import Hummingbird
import JSON
import NIOCore

/// Files of people: uploaded before they are sent, and shown by the chat page.
struct UploadInterface {
    private static let limit = 100 << 20
    /// Pictures a browser may show; it may play recordings too, and everything else is only saved.
    private static let shown: Set = ["image/png", "image/jpeg", "image/gif", "image/webp"]

    let cloud: FeishuCloud

    func addRoutes(to sandbox: RouterGroup<SandboxContext>) {
        let control = ControlInterface(cloud: cloud)
        // A foreign web page in the same browser cannot send this content type.
        sandbox.post("resources") { request, _ in
            guard request.headers[.contentType] == "application/octet-stream" else {
                return control.answer(
                    ["error": "the content type must be application/octet-stream"],
                    status: .unsupportedMediaType
                )
            }
            let bytes: ByteBuffer
            do { bytes = try await request.body.collect(upTo: Self.limit) } catch is NIOTooManyBytesError {
                return control.refusal(.invalid("a file may have 100 MB"))
            }
            let query = request.uri.queryParameters
            do throws(ControlError) {
                let isImage = query["kind"] == "image"
                let key = try cloud.uploadByPerson(
                    Array(bytes.readableBytesView),
                    name: query["name"].map(String.init) ?? "",
                    isImage: isImage,
                    claimedBytes: query["claimed_bytes"].flatMap { Int($0) }
                )
                return control.answer([isImage ? "image_key" : "file_key": .string(key)])
            } catch {
                return control.refusal(error)
            }
        }
        sandbox.get("resources/:key") { _, context in
            guard let resource = cloud.resource(context.parameters.get("key") ?? "") else {
                return control.refusal(.notFound("no such file"))
            }
            let isPlayed = resource.mediaType.hasPrefix("audio/") || resource.mediaType.hasPrefix("video/")
            let isShown = isPlayed || Self.shown.contains(resource.mediaType)
            var headers: HTTPFields = [
                .contentType: isShown ? resource.mediaType : "application/octet-stream",
                .cacheControl: "private, max-age=3600", .xContentTypeOptions: "nosniff",
                .contentSecurityPolicy: "default-src 'none'; sandbox",
            ]
            if !isShown { headers[.contentDisposition] = ResourceHeaders.attachment(resource.name) }
            return Response(
                status: .ok,
                headers: headers,
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: resource.bytes))
            )
        }
    }
}
