import CCurl
import HTTP

extension HTTPClientConfiguration {
    /// Throws `.invalidRequest` for a proxy URL that libcurl cannot use. It would otherwise quote it, password and all.
    func validate() throws(HTTPClientError) {
        guard case .url(let url, _) = proxy else { return }
        let schemes = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"]
        guard let parser = unsafe curl_url() else {
            throw HTTPClientError(code: .invalidRequest, detail: "out of memory")
        }
        defer { unsafe curl_url_cleanup(parser) }
        var scheme: UnsafeMutablePointer<CChar>?
        guard unsafe curl_url_set(parser, CURLUPART_URL, url, UInt32(CURLU_NON_SUPPORT_SCHEME)) == CURLUE_OK,
            unsafe curl_url_get(parser, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK,
            let scheme = unsafe scheme
        else {
            throw HTTPClientError(code: .invalidRequest, detail: "the proxy's URL cannot be read")
        }
        defer { unsafe curl_free(scheme) }
        guard schemes.contains(unsafe String(cString: scheme)) else {
            throw HTTPClientError(code: .invalidRequest, detail: "the proxy's scheme is none of \(schemes)")
        }
    }
}
