extension WordText {
    /// What pandoc does to a document before it writes it, in Lua: pictures become their captions, and tables of any shape a
    /// grid of one line a row, with empty cells for what spans several, since Markdown knows no other and pandoc would leave
    /// them out.
    static let filter = #"""
        function Image(image) return image.caption end

        local oneLine = { LineBreak = function() return pandoc.Space() end }

        local function words(blocks)
          local all = pandoc.List()
          for _, block in ipairs(blocks) do
            local parts = (block.t == 'BulletList' or block.t == 'OrderedList') and block.content or { { block } }
            for _, part in ipairs(parts) do
              local nested = #part == 1 and part[1] == block
              local inlines = nested and pandoc.utils.blocks_to_inlines(part) or words(part)
              if #inlines > 0 then
                if #all > 0 then all:extend { pandoc.Str ';', pandoc.Space() } end
                all:extend(inlines)
              end
            end
          end
          return all
        end

        function Table(grid)
          local rows = pandoc.List(grid.head.rows)
          for _, body in ipairs(grid.bodies) do
            rows:extend(body.head)
            rows:extend(body.body)
          end
          rows:extend(grid.foot.rows)
          local columns, open, lines = #grid.colspecs, {}, pandoc.List()
          for _, row in ipairs(rows) do
            local line, column = {}, 1
            local function skip()
              while column <= columns and (open[column] or 0) > 0 do
                open[column] = open[column] - 1
                line[column] = {}
                column = column + 1
              end
            end
            for _, cell in ipairs(row.cells) do
              skip()
              for offset = 0, cell.col_span - 1 do
                if column > columns then break end
                line[column] = offset == 0 and { pandoc.walk_block(pandoc.Plain(words(cell.contents)), oneLine) } or {}
                open[column] = cell.row_span - 1
                column = column + 1
              end
            end
            skip()
            for rest = column, columns do line[rest] = {} end
            lines:insert(line)
          end
          if #lines == 0 then return {} end
          local aligns, widths = {}, {}
          for column = 1, columns do aligns[column], widths[column] = 'AlignDefault', 0 end
          local head = lines:remove(1)
          return pandoc.utils.from_simple_table(pandoc.SimpleTable({}, aligns, widths, head, lines))
        end
        """#
}
