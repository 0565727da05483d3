import HTTPTypes
import Hummingbird
import NIOCore

/// The chat page and its parts, from inside the binary.
enum ChatPage {
    private static let parts: [(path: RouterPath, type: String, bytes: [UInt8])] = [
        ("/", "text/html; charset=utf-8", PackageResources.index_html),
        ("/chat.css", "text/css; charset=utf-8", PackageResources.chat_css),
        ("/chat.js", "text/javascript; charset=utf-8", PackageResources.chat_js),
        ("/markdown.js", "text/javascript; charset=utf-8", PackageResources.markdown_js),
        ("/words.js", "text/javascript; charset=utf-8", PackageResources.words_js),
        ("/sample.zh-CN.txt", "text/plain; charset=utf-8", PackageResources.sample_zh_CN_txt),
        ("/sample.en.txt", "text/plain; charset=utf-8", PackageResources.sample_en_txt),
    ]

    /// Nothing from elsewhere, nothing inline, no frame around it: what the bot writes cannot become code.
    private static let policy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "img-src 'self' data:",
        "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
    ].joined(separator: "; ")

    static func addRoutes(to router: Router<SandboxContext>) {
        for part in parts {
            router.get(part.path) { _, _ in
                Response(
                    status: .ok,
                    headers: [
                        .contentType: part.type, .cacheControl: "no-cache", .contentSecurityPolicy: policy,
                        .xContentTypeOptions: "nosniff",
                    ],
                    body: ResponseBody(byteBuffer: ByteBuffer(bytes: part.bytes))
                )
            }
        }
    }
}
