import CCurl
import HTTP

/// Owns one libcurl transfer handle, with the header list and the error buffer it points to. Stays on one thread.
@safe
final class EasyHandle {
    let pointer: UnsafeMutableRawPointer
    private var headers: UnsafeMutablePointer<curl_slist>?
    private let errorBuffer: UnsafeMutablePointer<CChar>

    /// Throws `.connectFailed` when memory has run out.
    init() throws(HTTPClientError) {
        guard let pointer = unsafe curl_easy_init() else {
            throw HTTPClientError(code: .connectFailed, detail: "out of memory")
        }
        unsafe self.pointer = pointer
        unsafe errorBuffer = .allocate(capacity: Int(CURL_ERROR_SIZE))
        unsafe errorBuffer.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        try unsafe set(CURLOPT_ERRORBUFFER, context: UnsafeMutableRawPointer(errorBuffer))
    }

    deinit {
        unsafe curl_easy_cleanup(pointer)
        unsafe curl_slist_free_all(headers)
        unsafe errorBuffer.deallocate()
    }

    /// What libcurl wrote about the last failure; may be empty.
    var errorText: String { unsafe String(cString: errorBuffer) }

    func set(_ option: CURLoption, _ value: Int) throws(HTTPClientError) {
        try check(unsafe ccurl_set_long(pointer, option, value))
    }

    func set(_ option: CURLoption, bytes value: Int) throws(HTTPClientError) {
        try check(unsafe ccurl_set_offset(pointer, option, value))
    }

    func set(_ option: CURLoption, _ value: String) throws(HTTPClientError) {
        try check(unsafe ccurl_set_string(pointer, option, value))
    }

    /// A context that a callback gets back. The caller keeps it alive while the handle is in use.
    func set(_ option: CURLoption, context: UnsafeMutableRawPointer) throws(HTTPClientError) {
        try check(unsafe ccurl_set_pointer(pointer, option, context))
    }

    func set(_ option: CURLoption, callback: @escaping ccurl_data_callback) throws(HTTPClientError) {
        try check(unsafe ccurl_set_data_callback(pointer, option, callback))
    }

    func setBeforeRequest(_ callback: @escaping ccurl_prereq_callback) throws(HTTPClientError) {
        try check(unsafe ccurl_set_prereq_callback(pointer, callback))
    }

    /// Has a callback open the sockets, which may refuse to. The caller keeps the context alive while the handle is used.
    func setOpenSocket(
        _ callback: @escaping ccurl_open_socket_callback,
        context: UnsafeMutableRawPointer
    ) throws(HTTPClientError) {
        try check(unsafe ccurl_set_open_socket_callback(pointer, callback, context))
    }

    func allowOnlyHTTP() throws(HTTPClientError) {
        try check(unsafe ccurl_allow_only_http(pointer))
        try check(unsafe ccurl_never_wait_for_resolver(pointer))
    }

    /// Copies the body into the handle.
    func setBody(_ body: [UInt8]) throws(HTTPClientError) {
        try set(CURLOPT_POSTFIELDSIZE_LARGE, bytes: body.count)
        let code = unsafe body.withUnsafeBytes { bytes in
            let start = unsafe UnsafeMutableRawPointer(mutating: bytes.baseAddress)
            return unsafe ccurl_set_pointer(pointer, CURLOPT_COPYPOSTFIELDS, start)
        }
        try check(code)
    }

    /// Sends these lines in addition to libcurl's own; `Name:` takes one of those away.
    func setHeaders(_ lines: [String]) throws(HTTPClientError) {
        for line in lines {
            guard let longer = unsafe curl_slist_append(headers, line) else {
                throw HTTPClientError(code: .connectFailed, detail: "out of memory")
            }
            unsafe headers = longer
        }
        if let headers = unsafe headers {
            try unsafe set(CURLOPT_HTTPHEADER, context: UnsafeMutableRawPointer(headers))
        }
    }

    func integer(_ info: CURLINFO) -> Int {
        var value = 0
        guard unsafe ccurl_get_long(pointer, info, &value) == CURLE_OK else { return 0 }
        return value
    }

    func count(_ info: CURLINFO) -> Int {
        var value: curl_off_t = 0
        guard unsafe ccurl_get_offset(pointer, info, &value) == CURLE_OK else { return 0 }
        return Int(value)
    }

    private func check(_ code: CURLcode) throws(HTTPClientError) {
        guard code == CURLE_OK else {
            let detail = unsafe String(cString: curl_easy_strerror(code))
            throw HTTPClientError(code: .invalidRequest, detail: "libcurl refuses an option: \(detail)")
        }
    }
}
