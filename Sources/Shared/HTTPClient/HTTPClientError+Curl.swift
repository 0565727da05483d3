import CCurl
import HTTP

extension HTTPClientError.Code {
    /// What one of libcurl's codes means here.
    init(_ code: CURLcode) {
        self =
            switch code {
            case CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT, CURLE_PROXY:
                .connectFailed
            case CURLE_OPERATION_TIMEDOUT: .timedOut
            case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE,
                CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS,
                CURLE_SSL_ENGINE_INITFAILED:
                .tls
            case CURLE_FILESIZE_EXCEEDED: .tooLarge
            case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_FUNCTION_ARGUMENT, CURLE_NOT_BUILT_IN:
                .invalidRequest
            default: .protocol
            }
    }
}

extension HTTPClientError {
    /// What went wrong, in libcurl's words.
    ///
    /// Its longer text is used where it names no more than hosts, ports and certificates.
    static func text(for code: CURLcode, details: String) -> String {
        switch code {
        case CURLE_OPERATION_TIMEDOUT: return "the connect deadline passed"
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION:
            if !details.isEmpty { return details }
        case CURLE_COULDNT_CONNECT:
            // The same code's other texts may quote a proxy's URL, with its password.
            if details.hasPrefix("Failed to connect to ") { return details }
        default: break
        }
        return unsafe String(cString: curl_easy_strerror(code))
    }
}
