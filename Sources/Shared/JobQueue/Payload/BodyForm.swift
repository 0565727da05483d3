/// What the headers of a message say of a body that is not plain JSON text.
package struct BodyForm: Sendable, Hashable {
    /// The content type of a message whose body no Celery worker can read. Those refuse it by that name, clearly.
    package static let contentType = "application/x-jobqueue"

    /// Header `compression`, as kombu's; nil for none.
    package var compression: String?
    /// Header `encryption`: the cipher; nil for none.
    package var encryption: String?
    /// Header `encryption_key`: the name of its key.
    package var keyID: String?
    /// Header `body_ref`: what the key `{q}:body:<reference>` ends in that holds the body; nil where the message does.
    package var reference: String?
    /// Header `body_bytes`: the size of the body there.
    package var storedBytes = 0

    package init() {}

    /// Whether somebody has to do something before the body can be read.
    var isPlain: Bool { compression == nil && encryption == nil && reference == nil }
    /// Whether it takes a `PayloadCoding` to read it.
    var needsCoding: Bool { compression != nil || encryption != nil }
}

/// One of these in an object.
final class BodyFormBox: Sendable {
    let form: BodyForm

    init(form: BodyForm) { self.form = form }
}

extension QueueKeys {
    /// String: the body of a message that names this reference.
    package func body(_ reference: String) -> String { prefix + "body:" + reference }
    /// Sorted set: references of the bodies that are stored, by when that was, or when they were last found in
    /// use (Redis' time, ms).
    package var bodies: String { prefix + "bodies" }
    /// String with a TTL: somebody looked for bodies without a task a while ago.
    var bodiesSwept: String { prefix + "bodies-swept" }
}

extension TaskID {
    /// A new reference for a body of this task: one that two tasks of the same id do not share.
    func bodyReference() -> String {
        // The id tells operators whose it is; what cannot stand in a key is left out.
        let id = KeyText.isPlain(rawValue) ? rawValue + ":" : ""
        return id + RandomUUID.text().prefix(8)
    }
}
