import JSON

/// A token in its three parts, with what its header says (RFC 7515 §4, RFC 7519 §5). Nothing of it is to be believed yet.
struct TokenHeader {
    /// The longest token that is looked at, in bytes.
    static let maximumByteCount = 8 << 10

    let algorithm: String
    let keyID: String?
    /// The claims, as JSON.
    let payload: [UInt8]

    /// - Throws: `.missing`, `.malformed`.
    init(of token: String) throws(TokenError) {
        guard !token.isEmpty else { throw TokenError(.missing, "a token is missing") }
        guard token.utf8.count <= Self.maximumByteCount else { throw .malformed("it is too long") }
        let parts = token.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw .malformed("it does not have three parts") }
        guard let header = Base64URL.decode(parts[0]), let payload = Base64URL.decode(parts[1]),
            Base64URL.decode(parts[2]) != nil
        else {
            throw .malformed("a part is no Base64 for URLs")
        }
        guard let fields = (try? JSONValue(parsing: header, maximumDepth: 16))?.object,
            Set(fields.members.map(\.key)).count == fields.count, let algorithm = fields["alg"]?.string
        else {
            throw .malformed("the header is no JSON object with alg")
        }
        // Extensions that have to be understood (RFC 7515 §4.1.11): we understand none.
        guard fields["crit"] == nil else { throw .malformed("the header has crit") }
        if let type = fields["typ"] {
            guard let type = type.string?.lowercased(), type == "jwt" || type == "at+jwt" else {
                throw .malformed("typ is not JWT")
            }
        }
        if let keyID = fields["kid"] {
            guard let keyID = keyID.string else { throw .malformed("kid is no string") }
            self.keyID = keyID
        } else {
            keyID = nil
        }
        self.algorithm = algorithm
        self.payload = payload
    }
}
