import TimePhrases

/// Finds people's names in Chinese: `小王`, `张总`, `李娜` where somebody named so does something, `说话人3`. Surnames are
/// words too, so a name is one only by what stands around it.
struct ChineseNames {
    private let characters: [Unicode.Scalar]

    init(_ text: PhraseScanner) { characters = text.characters }

    /// Of the scanner's characters.
    var ranges: [Range<Int>] {
        var ranges: [Range<Int>] = []
        var place = 0
        while place < characters.count {
            if let range = speaker(at: place) ?? titled(at: place) ?? nicknamed(at: place) ?? acting(at: place) {
                ranges.append(range)
                place = range.upperBound
            } else {
                place += 1
            }
        }
        return ranges
    }

    private subscript(index: Int) -> Unicode.Scalar? { characters.indices.contains(index) ? characters[index] : nil }

    private func stands(_ word: String, at place: Int) -> Bool {
        var index = place
        for scalar in word.unicodeScalars {
            guard self[index] == scalar else { return false }
            index += 1
        }
        return true
    }

    /// `说话人1`, `Speaker 2`: what speech recognition calls people.
    private func speaker(at place: Int) -> Range<Int>? {
        guard let word = ["说话人", "发言人", "speaker"].first(where: { stands($0, at: place) }) else { return nil }
        var end = place + word.unicodeScalars.count
        while self[end] == " " || self[end] == "_" { end += 1 }
        let digits = end
        while self[end]?.isDigit == true { end += 1 }
        return end > digits ? place..<end : nil
    }

    /// `张总`, `李经理`, `欧阳老师`.
    private func titled(at place: Int) -> Range<Int>? {
        guard let surname = self[place], Self.surnames.contains(surname) else { return nil }
        for title in Self.titles where stands(title, at: place + 1) {
            let end = place + 1 + title.unicodeScalars.count
            // `汇总`, `王总结` and `周工作` are words.
            if title.unicodeScalars.count == 1, let next = self[end],
                "结体计额数量部作程具期资时艺业会的监".unicodeScalars.contains(next), next != "的"
            {
                return nil
            }
            if let before = self[place - 1], before.isHan, !Self.leads.contains(before) { return nil }
            if title.unicodeScalars.count == 1, Self.commonSurnames.contains(surname) { return nil }
            return place..<end
        }
        return nil
    }

    /// `小王`, `老李`, `阿强`.
    private func nicknamed(at place: Int) -> Range<Int>? {
        guard let first = self[place], "小老阿".unicodeScalars.contains(first), let surname = self[place + 1],
            Self.surnames.contains(surname), !Self.commonSurnames.contains(surname)
        else { return nil }
        if let before = self[place - 1], before.isHan, !Self.leads.contains(before) { return nil }
        guard isActing(place + 2) || isLed(place) else { return nil }
        return place..<(place + 2)
    }

    /// A surname and one or two more, between what leads to a name and what a person does: `由李娜负责`, `张伟表示`.
    private func acting(at place: Int) -> Range<Int>? {
        guard let surname = self[place], Self.surnames.contains(surname) else { return nil }
        let isLed = isLed(place)
        guard isLed || !(self[place - 1]?.isWordPart ?? false) else { return nil }
        for length in [3, 2] {
            let end = place + length
            guard end <= characters.count, characters[place..<end].allSatisfy(\.isHan), isActing(end),
                !characters[(place + 1)..<end].contains(where: Self.noNames.contains),
                !Self.isWord(characters[place..<end])
            else { continue }
            return place..<end
        }
        return nil
    }

    private func isLed(_ place: Int) -> Bool {
        ["由", "请", "让", "@", "交给", "麻烦", "通知", "联系", "协助"].contains { stands($0, at: place - $0.unicodeScalars.count) }
    }

    private func isActing(_ place: Int) -> Bool { Self.verbs.contains { stands($0, at: place) } }

    private static func isWord(_ name: ArraySlice<Unicode.Scalar>) -> Bool {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: name)
        return words.contains(String(text))
    }

    /// What a person does, right behind the name.
    private static let verbs = [
        "负责", "跟进", "牵头", "表示", "提出", "认为", "同意", "确认", "建议", "完成", "提交", "整理", "准备", "汇报", "介绍", "指出", "承诺", "反馈",
        "补充",
        "强调", "将", "会在", "会负责", "会跟进", "在下", "于", "去", "来", "说",
    ]
    /// What may stand right before a name in a sentence.
    private static let leads = Set("由请让给和与及跟对向找问、，。；：的".unicodeScalars)
    private static let titles = [
        "总监", "经理", "老师", "主任", "博士", "教授", "院长", "园长", "主管", "工程师", "先生", "女士", "总", "工", "姐", "哥",
    ]
    /// Parts of words and of groups, and of no name.
    private static let noNames = Set("的了是在不我你他她它们这那组部门队方司室团员者会上下中前后要可以一二三四五六七八九十个".unicodeScalars)
    private static let words: Set = [
        "项目", "时间", "方案", "金额", "任务", "成本", "程序", "方法", "管理", "高峰", "包括", "成功", "水平", "计划", "平台", "文档", "明确", "马上",
        "许多",
        "关于", "温度", "毛利", "金融", "路由", "应该", "单位", "经理", "安全", "安排", "常见", "车间", "周会", "周报", "高层", "和谐", "万一", "全部",
        "全员",
        "双方", "何时", "和谁", "任何", "广告", "东西", "华东", "华南", "江苏", "上海", "石油", "白天", "谢谢", "于是", "向上", "宣传", "应用", "支付",
        "财务",
        "法务", "运营", "产品", "技术", "研发", "客服", "后端", "前端", "甲方", "乙方", "施工", "花费", "顾客", "贵方", "米兰", "明天", "钱款", "汤水",
        "常规",
        "程度", "连续", "经济", "丁方", "申请", "施行", "解决", "孔子", "史上", "金牌", "能够", "宁可", "龙头", "黄金", "高管", "成员", "于此", "万全",
    ]
    /// Surnames that begin so many words that a title or a `小` before them says nothing.
    private static let commonSurnames = Set("和成高时明于方万任安常全水金平单项".unicodeScalars)
    /// The hundred and fifty most frequent surnames.
    private static let surnames = Set(
        """
        王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓韩冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦\
        邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤康易乔赖文施洪辛柯庄温牛樊葛邢安齐倪伍殷颜芦欧阳关焦左柳耿詹路包裴甘纪祝阮柴梅季凌盛童霍成
        """.unicodeScalars
    )
}
