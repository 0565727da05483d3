import Cryptography
import HTTP
import JSON

/// Files and images, in both directions. They are held in memory whole: their bounds are those of the functions.
extension FeishuClient {
    /// No larger ones can be downloaded, in bytes.
    package static let maximumDownloadBytes = 100 << 20
    /// No larger images can be uploaded, in bytes.
    package static let maximumImageBytes = 10 << 20
    /// No larger files can be uploaded, in bytes.
    package static let maximumFileBytes = 30 << 20

    /// Files take longer than other answers: the whole of it, while something comes at least every 30 seconds.
    private static let transferDeadlines = HTTPClientDeadlines(
        connect: .seconds(5),
        idle: .seconds(30),
        total: .seconds(180)
    )

    /// Downloads what a user sent (`GET /im/v1/messages/:message_id/resources/:file_key`).
    ///
    /// The message is the one that the key came with. Stickers, and what is in merge_forwards and cards, cannot be had.
    ///
    /// - Throws: A `FeishuError`, of the reason `.tooLarge` where there are more bytes.
    package func download(
        _ key: String,
        as kind: FeishuResource.Kind,
        of messageID: String,
        maximumBytes: Int = 30 << 20
    ) async throws(FeishuError) -> FeishuResource {
        var request = FeishuRequest(
            "GET",
            "im",
            "v1",
            "messages",
            .id(messageID),
            "resources",
            .id(key),
            query: [("type", kind.rawValue)]
        )
        request.deadlines = Self.transferDeadlines
        let bound = min(maximumBytes, Self.maximumDownloadBytes)
        let response = try await perform(request.governed, patience: nil) { token throws(FeishuError) in
            try await endpoint.download(request, token: token.value, maximumBytes: bound)
        }
        return FeishuResource(bytes: response.body, contentType: response.header(named: "content-type"))
    }

    /// Uploads an image for messages and returns its key (`POST /im/v1/images`).
    ///
    /// - Throws: A `FeishuError`; of the kind `.content` without a call for an image that is empty or over 10 MB.
    package func uploadImage(_ bytes: [UInt8], fileName: String = "image") async throws(FeishuError) -> String {
        try Self.check(bytes, atMost: Self.maximumImageBytes)
        var form = MultipartForm()
        form.append("message", name: "image_type")
        form.append(file: bytes, name: "image", fileName: fileName)
        return try await upload(form, FeishuRequest("POST", "im", "v1", "images"), key: "image_key")
    }

    /// Uploads a file for messages and returns its key (`POST /im/v1/files`).
    ///
    /// The type decides what the message can be: `.opus` goes with `OutgoingMessage.audio(key:)`, `.mp4` with
    /// `OutgoingMessage.video(key:coverKey:)`, all others with `OutgoingMessage.file(key:)`; nil means by the file's
    /// name. `duration` is how long audio or video plays.
    ///
    /// - Throws: A `FeishuError`; of the kind `.content` without a call for a file that is empty or over 30 MB.
    package func uploadFile(
        _ bytes: [UInt8],
        fileName: String,
        type: UploadType? = nil,
        duration: Duration? = nil
    ) async throws(FeishuError) -> String {
        try Self.check(bytes, atMost: Self.maximumFileBytes)
        var form = MultipartForm()
        form.append((type ?? UploadType(fileName: fileName)).rawValue, name: "file_type")
        form.append(fileName, name: "file_name")
        if let duration { form.append("\(Int64(duration / .milliseconds(1)))", name: "duration") }
        form.append(file: bytes, name: "file", fileName: fileName)
        return try await upload(form, FeishuRequest("POST", "im", "v1", "files"), key: "file_key")
    }

    private static func check(_ bytes: [UInt8], atMost maximum: Int) throws(FeishuError) {
        guard !bytes.isEmpty else { throw FeishuError(kind: .content, message: "an empty file cannot be uploaded") }
        guard bytes.count <= maximum else {
            throw FeishuError(kind: .content, message: "the file is over \(maximum) bytes", reason: .tooLarge)
        }
    }

    private func upload(
        _ form: MultipartForm,
        _ request: FeishuRequest,
        key: String
    ) async throws(FeishuError) -> String {
        var request = request
        request.payload = .form(form)
        request.deadlines = Self.transferDeadlines
        guard let key = try await call(request)["data"]?[key]?.nonEmpty else {
            throw FeishuError(kind: .badResponse, message: "an upload without a key", mayHaveHappened: true)
        }
        return key
    }
}
