import JSON

/// Files and images (interface specification, section 5.5).
extension FeishuCloud {
    static let imageLimit = 10 << 20
    static let fileLimit = 30 << 20
    static let downloadLimit = 100 << 20
    private static let fileTypes: Set = ["opus", "mp4", "pdf", "doc", "xls", "ppt", "stream"]

    /// A bot uploads an image.
    ///
    /// - Returns: its `image_key`.
    func uploadImage(_ form: Multipart, by app: String) throws(APIError) -> String {
        guard let type = form.text("image_type"), type == "message" || type == "avatar",
            let part = form.part("image")
        else { throw .resourceParameter }
        guard !part.bytes.isEmpty else { throw .resourceEmpty }
        guard part.bytes.count <= Self.imageLimit else { throw .resourceTooBig }
        guard let facts = ImageFacts(part.bytes) else { throw .notAnImage }
        let limit = facts.isGIF ? 2_000 : 12_000
        guard facts.width <= limit, facts.height <= limit else { throw .imageTooLarge }
        return store(
            Resource(
                key: Identifier.image(),
                kind: .image,
                name: part.fileName ?? "image",
                bytes: part.bytes,
                claimedBytes: part.bytes.count,
                fileType: "",
                duration: nil,
                appID: app,
                mediaType: facts.mediaType
            )
        )
    }

    /// A bot uploads a file.
    ///
    /// - Returns: its `file_key`.
    func uploadFile(_ form: Multipart, by app: String) throws(APIError) -> String {
        guard let type = form.text("file_type"), Self.fileTypes.contains(type),
            let name = form.text("file_name"), !name.isEmpty, let part = form.part("file")
        else { throw .resourceParameter }
        guard !part.bytes.isEmpty else { throw .resourceEmpty }
        guard part.bytes.count <= Self.fileLimit else { throw .resourceTooBig }
        return store(
            Resource(
                key: Identifier.file(),
                kind: .file,
                name: name,
                bytes: part.bytes,
                claimedBytes: part.bytes.count,
                fileType: type,
                duration: form.text("duration").flatMap(Int64.init),
                appID: app,
                mediaType: "application/octet-stream"
            )
        )
    }

    /// A person uploads a file or image before sending it. `claimedBytes` lets a test have a big file without its bytes.
    package func uploadByPerson(
        _ bytes: [UInt8],
        name: String,
        isImage: Bool,
        claimedBytes: Int? = nil
    ) throws(ControlError) -> String {
        guard !name.isEmpty, name.utf8.count <= 255 else { throw .invalid("a file needs a name of 1 to 255 bytes") }
        guard !bytes.isEmpty else { throw .invalid("the file is empty") }
        let facts = ImageFacts(bytes)
        guard !isImage || facts != nil else { throw .invalid("this is no picture") }
        return store(
            Resource(
                key: isImage ? Identifier.image() : Identifier.file(),
                kind: isImage ? .image : .file,
                name: name,
                bytes: bytes,
                claimedBytes: claimedBytes ?? bytes.count,
                fileType: "",
                duration: nil,
                appID: nil,
                mediaType: facts?.mediaType ?? Self.soundType(of: name)
            )
        )
    }

    /// What a browser plays a recording as, by its name; it cannot run as anything else.
    private static func soundType(of name: String) -> String {
        switch name.lowercased().split(separator: ".").last {
        case "opus", "ogg": "audio/ogg"
        case "mp3": "audio/mpeg"
        case "m4a": "audio/mp4"
        case "wav": "audio/wav"
        case "mp4": "video/mp4"
        case "webm": "video/webm"
        default: "application/octet-stream"
        }
    }

    /// What a bot uploaded itself, or what a message holds that a person sent.
    func resource(_ key: String, ofMessage id: String, type: String?, for app: String) throws(APIError) -> Resource {
        guard let type, type == "image" || type == "file" else { throw .resourceParameter }
        return try locked { (state) throws(APIError) -> Resource in
            guard !state.messages.isForwarded(id) else { throw .resourceOfForward }
            guard let message = state.messages[id] else { throw .resourceNotInMessage }
            guard state.directory.chats[message.chatID]?.bots.contains(app) == true else {
                throw .resourceOutsideChat
            }
            guard message.type != "merge_forward", message.type != "interactive" else { throw .resourceOfForward }
            guard message.type != "sticker", message.type != "folder" else { throw .resourceParameter }
            guard !message.isRecalled, message.resourceKeys.contains(key), let resource = state.resources[key],
                resource.kind.rawValue == type
            else { throw .resourceNotInMessage }
            guard resource.claimedBytes <= Self.downloadLimit else { throw .downloadTooBig }
            return resource
        }
    }

    /// What the app uploaded itself; 234008 for anybody else's.
    func ownResource(_ key: String, kind: Resource.Kind, for app: String) throws(APIError) -> Resource {
        guard let resource = withState({ $0.resources[key] }), resource.kind == kind else {
            throw .resourceParameter
        }
        guard resource.appID == app else { throw .resourceForeign }
        return resource
    }

    /// For the chat page.
    func resource(_ key: String) -> Resource? { withState { $0.resources[key] } }

    private func store(_ resource: Resource) -> String {
        withState { $0.resources.append(resource) }
        return resource.key
    }
}

extension CloudMessage {
    /// The keys of the files and images in its content.
    var resourceKeys: Set<String> {
        guard let value = try? JSONValue(parsing: content) else { return [] }
        var keys: Set<String> = []
        func walk(_ value: JSONValue) {
            switch value {
            case .array(let values): for value in values { walk(value) }
            case .object(let object):
                for member in object.members {
                    if member.key == "image_key" || member.key == "file_key", let key = member.value.string {
                        keys.insert(key)
                    }
                    walk(member.value)
                }
            default: break
            }
        }
        walk(value)
        return keys
    }
}
