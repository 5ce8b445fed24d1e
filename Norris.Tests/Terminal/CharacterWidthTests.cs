using Norris.Terminal.Drawing;

namespace Norris.Tests.Terminal;

public sealed class CharacterWidthTests
{
    [Theory]
    [InlineData("a", 1)]
    [InlineData("é", 1)]
    [InlineData("e\u0301", 1)]
    [InlineData("漢", 2)]
    [InlineData("한", 2)]
    [InlineData("\u1112\u1161\u11ab", 2)]
    [InlineData("😀", 2)]
    [InlineData("👩\u200D👩\u200D👧", 2)]
    [InlineData("👍🏽", 2)]
    [InlineData("🇩🇪", 2)]
    [InlineData("❤", 1)]
    [InlineData("❤\uFE0F", 2)]
    [InlineData("…", 1)]
    [InlineData("─", 1)]
    [InlineData("\u200B", 0)]
    [InlineData("\u0007", 1)]
    public void Columns_are_those_of_what_people_see(string element, int columns) => Assert.Equal(columns, CharacterWidth.Of(element));
}
