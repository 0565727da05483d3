import Hummingbird
import JSON

/// Routes about documents and who may read them (interface specification, sections 5.10 and 5.11).
struct DocumentInterface {
    /// Calls a second of each interface; what is over that is refused with 400, as older interfaces do.
    private static let perSecond = 3
    private static let sharesPerMinute = 100
    private static let convertLimit = 10 << 20

    let cloud: FeishuCloud

    func addRoutes(to router: Router<SandboxContext>, _ door: InterfaceDoor) {
        let documents = "/open-apis/docx/v1/documents"
        let rate = Self.perSecond
        let create = Scopes.createDocuments
        door.add(to: router, .post, documents, .app(create), perSecond: rate, refusedWith: 400) { call in
            .data(try self.cloud.createDocument(call.body, by: call.appID))
        }
        door.add(
            to: router,
            .post,
            "\(documents)/blocks/convert",
            .app(Scopes.convertDocuments),
            bodyLimit: Self.convertLimit,
            tooBig: .documentTooLarge,
            perSecond: rate,
            refusedWith: 400
        ) { call in
            .data(try self.cloud.convert(call.body))
        }
        door.add(
            to: router,
            .post,
            "\(documents)/:document/blocks/:block/descendant",
            .app(Scopes.writeDocuments),
            tooBig: .documentTooLarge,
            perSecond: rate,
            refusedWith: 400
        ) { call in
            .data(
                try self.cloud.insert(
                    call.body,
                    into: call.parameter("document"),
                    below: call.parameter("block"),
                    token: call.query("client_token"),
                    by: call.appID
                )
            )
        }
        let members = "/open-apis/drive/v1/permissions/:token/members"
        let shares = Self.sharesPerMinute
        door.add(to: router, .post, members, .app(Scopes.share), perMinute: shares) { call in
            .data(
                try self.cloud.share(call.parameter("token"), kind: call.query("type"), call.body, by: call.appID)
            )
        }
        door.add(to: router, .get, members, .app(Scopes.readers), perMinute: shares) { call in
            .data(try self.cloud.collaborators(of: call.parameter("token"), kind: call.query("type")))
        }
        door.add(to: router, .post, "\(members)/batch_create", .app(Scopes.share), perMinute: shares) { call in
            .data(
                try self.cloud.shareAll(call.parameter("token"), kind: call.query("type"), call.body, by: call.appID)
            )
        }
    }
}
