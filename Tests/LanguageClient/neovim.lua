-- Drives Neovim as a user would and writes what the editor then knows as JSON on standard output:
--
--     nvim --headless -u NONE -c 'luafile Samples/editors/neovim/quern.lua' -c 'luafile Tests/LanguageClient/neovim.lua'
--
-- in a folder with a Modelfile, which LanguageServerTests.swift writes; it judges what comes back.
local function wait(what, condition)
  if not vim.wait(20000, condition, 20) then error("waited in vain for " .. what) end
end
local function messages()
  return vim.tbl_map(function(found) return { code = found.code, lnum = found.lnum, col = found.col } end, vim.diagnostic.get(0))
end
local function ask(method, params)
  local replies = vim.lsp.buf_request_sync(0, method, params, 20000)
  for _, reply in pairs(replies or {}) do return reply.result end
end
vim.cmd("edit Modelfile")
wait("diagnostics", function() return #vim.diagnostic.get(0) > 0 end)
local seen = { filetype = vim.bo.filetype, opened = messages() }
vim.api.nvim_win_set_cursor(0, { 6, 2 })
seen.hover = ask("textDocument/hover", vim.lsp.util.make_position_params()).contents.value
vim.api.nvim_win_set_cursor(0, { 5, 14 })
seen.completion = #ask("textDocument/completion", vim.lsp.util.make_position_params()) > 0
-- Typed, as a person would.
vim.api.nvim_win_set_cursor(0, { 5, 10 })
vim.cmd("normal! ciwtemperature")
wait("the diagnostics to go", function() return #vim.diagnostic.get(0) == 1 end)
seen.typed = messages()
vim.api.nvim_buf_set_lines(0, 4, 5, false, { "parameter   temperature   0.5" })
if vim.lsp.buf.format then vim.lsp.buf.format({ timeout_ms = 20000 }) else vim.lsp.buf.formatting_sync(nil, 20000) end
seen.formatted = vim.api.nvim_buf_get_lines(0, 4, 5, false)[1]
io.stdout:write(vim.json and vim.json.encode(seen) or vim.fn.json_encode(seen))
vim.cmd("qall!")
