using System.Text;
using Norris.Terminal.Commands;
using Norris.Terminal.Editing;
using Norris.Terminal.Keys;

namespace Norris.Tests.Terminal;

public sealed class CompletionTests
{
    private static readonly string[] Names = ["alice", "Albert", "bob", "Zoë K", "alice-2"];

    [Theory]
    [InlineData("al\t", "alice: |")]
    [InlineData("al\t\t", "Albert: |")]
    [InlineData("al\t\t\t\t", "alice: |")]
    [InlineData("hi B\t", "hi bob |")]
    [InlineData("hi B\tyou", "hi bob you|")]
    [InlineData("@b\t", "@bob: |")]
    [InlineData("hi @b\t", "hi @bob |")]
    [InlineData("zoë\t", "Zoë K: |")]
    [InlineData("Zoë K\t", "Zoë K: |")]
    [InlineData("to zoë \t", "to Zoë K |")]
    [InlineData("x\t", "x|")]
    [InlineData("\t", "|")]
    [InlineData("hi \t", "hi |")]
    [InlineData("/w\t", "/who |")]
    [InlineData("/w\t\t", "/whois |")]
    [InlineData("/whois b\t", "/whois bob|")]
    [InlineData("/ignore \t", "/ignore alice|")]
    [InlineData("b you\u0001\e[C\t", "bob: | you")]
    [InlineData("al\t\u007F\u007Fx\t", "alicex|")]
    public void Tab_completes_names_and_commands(string typed, string expected)
    {
        var editor = new LineEditor(new Completion(CommandParser.Known, static () => Names));
        var decoder = new KeyDecoder();
        List<Key> keys = [];
        decoder.Decode(Encoding.UTF8.GetBytes(typed), keys);

        keys.ForEach(key => editor.Apply(key));

        Assert.Equal(expected, editor.Text.ToString().Insert(editor.Cursor, "|"));
    }
}
