import HTTPTypes
import Hummingbird
import NIOCore

/// What people open from a chat: documents at `/docx/:id`, minutes at `/minutes/:token`, as plain pages.
struct ReadingPages {
    /// No code at all, and the sandbox's own styles only.
    private static let policy =
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

    let cloud: FeishuCloud

    func addRoutes(to router: Router<SandboxContext>) {
        router.get("/docx/:id") { _, context in
            page(cloud.documentPage(context.parameters.get("id") ?? ""))
        }
        router.get("/minutes/:token") { _, context in
            page(cloud.minutesPage(context.parameters.get("token") ?? ""))
        }
    }

    private func page(_ html: String?) -> Response {
        Response(
            status: html == nil ? .notFound : .ok,
            headers: [
                .contentType: "text/html; charset=utf-8", .cacheControl: "no-store",
                .contentSecurityPolicy: Self.policy,
                .xContentTypeOptions: "nosniff",
            ],
            body: ResponseBody(byteBuffer: ByteBuffer(string: html ?? "<!doctype html><title>404</title>"))
        )
    }
}
