import Hummingbird

/// Responses whose body is JSON text.
enum JSONResponse {
    static func make(_ status: HTTPResponse.Status, _ json: String) -> Response {
        Response(
            status: status,
            headers: [.contentType: "application/json; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: json))
        )
    }

    /// A refusal in the shape all errors of the API have. `code` and `message` need no escaping.
    static func error(_ status: HTTPResponse.Status, _ code: StaticString, _ message: StaticString) -> Response {
        make(status, #"{"error":{"code":"\#(code)","message":"\#(message)"}}"#)
    }
}
