import CCurl
import HTTP

extension HTTPClientRequest {
    /// Checks everything that goes onto the wire as text and returns the endpoint, such as `https://host:443`.
    ///
    /// Throws `.invalidRequest` for what could smuggle a header, leave http and https, or carry a password in the URL.
    func validatedEndpoint() throws(HTTPClientError) -> String {
        guard !method.isEmpty, method.utf8.allSatisfy(Self.isTokenByte) else {
            throw HTTPClientError(code: .invalidRequest, detail: "the method is not a token")
        }
        for (name, value) in headers {
            guard !name.isEmpty, name.utf8.allSatisfy(Self.isTokenByte) else {
                throw HTTPClientError(code: .invalidRequest, detail: "a header name is not a token")
            }
            guard value.utf8.allSatisfy(Self.isFieldByte) else {
                throw HTTPClientError(code: .invalidRequest, detail: "header \(name) has a control character")
            }
        }
        return try Self.endpoint(of: url)
    }

    /// Reads the URL with libcurl's own parser, so that nobody here disagrees with it about the host.
    private static func endpoint(of url: String) throws(HTTPClientError) -> String {
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw HTTPClientError(code: .invalidRequest, detail: "the URL has a character that must be percent-encoded")
        }
        guard let parser = unsafe curl_url() else {
            throw HTTPClientError(code: .invalidRequest, detail: "out of memory")
        }
        defer { unsafe curl_url_cleanup(parser) }
        guard unsafe curl_url_set(parser, CURLUPART_URL, url, UInt32(CURLU_DISALLOW_USER)) == CURLUE_OK,
            let scheme = unsafe part(CURLUPART_SCHEME, of: parser),
            let host = unsafe part(CURLUPART_HOST, of: parser),
            let port = unsafe part(CURLUPART_PORT, of: parser)
        else {
            throw HTTPClientError(code: .invalidRequest, detail: "the URL cannot be read, or carries a user name")
        }
        guard scheme == "http" || scheme == "https" else {
            throw HTTPClientError(code: .invalidRequest, detail: "the URL is neither http nor https")
        }
        return "\(scheme)://\(host):\(port)"
    }

    private static func part(_ part: CURLUPart, of parser: OpaquePointer) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard unsafe curl_url_get(parser, part, &text, UInt32(CURLU_DEFAULT_PORT)) == CURLUE_OK,
            let text = unsafe text
        else { return nil }
        defer { unsafe curl_free(text) }
        return unsafe String(cString: text)
    }

    /// RFC 9110, section 5.6.2.
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default:
            "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }

    /// RFC 9110, section 5.5: anything but control characters, tab excepted.
    private static func isFieldByte(_ byte: UInt8) -> Bool {
        (byte >= 0x20 && byte != 0x7F) || byte == 0x09
    }
}
