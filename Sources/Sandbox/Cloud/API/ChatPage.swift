import HTTPTypes
import Hummingbird
import NIOCore

/// The chat page and its parts, from inside the binary.
enum ChatPage {
    private static let script = "text/javascript; charset=utf-8"
    private static let parts: [(path: RouterPath, type: String, bytes: [UInt8])] = [
        ("/", "text/html; charset=utf-8", PackageResources.index_html),
        ("/chat.css", "text/css; charset=utf-8", PackageResources.chat_css),
        ("/content.css", "text/css; charset=utf-8", PackageResources.content_css),
        ("/reading.css", "text/css; charset=utf-8", PackageResources.reading_css),
        ("/words.js", script, PackageResources.words_js),
        ("/markdown.js", script, PackageResources.markdown_js),
        ("/store.js", script, PackageResources.store_js),
        ("/typewriter.js", script, PackageResources.typewriter_js),
        ("/cards.js", script, PackageResources.cards_js),
        ("/contents.js", script, PackageResources.contents_js),
        ("/messages.js", script, PackageResources.messages_js),
        ("/chats.js", script, PackageResources.chats_js),
        ("/tasks.js", script, PackageResources.tasks_js),
        ("/mentions.js", script, PackageResources.mentions_js),
        ("/composer.js", script, PackageResources.composer_js),
        ("/chat.js", script, PackageResources.chat_js),
        ("/sample.zh-CN.txt", "text/plain; charset=utf-8", PackageResources.sample_zh_CN_txt),
        ("/sample.en.txt", "text/plain; charset=utf-8", PackageResources.sample_en_txt),
    ]

    /// Nothing from elsewhere, nothing inline, no frame around it: what the bot writes cannot become code.
    private static let policy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "img-src 'self' data:",
        // A recording is looked at before it is sent: how long it plays is part of the message.
        "media-src 'self' blob:",
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
