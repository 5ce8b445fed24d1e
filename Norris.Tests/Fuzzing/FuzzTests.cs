namespace Norris.Tests.Fuzzing;

/// <summary>What is kept of fuzzing holds, and the targets can tell right from wrong.</summary>
public sealed class FuzzTests
{
    [Theory]
    [MemberData(nameof(Kept))]
    public void What_is_kept_holds(string target, string input) =>
        FuzzTarget.All[target].Run(FuzzCorpus.Of(target, FuzzTarget.All[target]).Single(kept => kept.Name == input).Bytes);

    [Fact]
    public void A_target_that_does_not_hold_however_cut_says_so()
    {
        FuzzFinding finding = Assert.Throws<FuzzFinding>(() => new Wrong().Run([1, 2, 3]));
        Assert.Contains("whole: 1", finding.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Kept()
    {
        var kept = new TheoryData<string, string>();
        foreach ((string name, FuzzTarget target) in FuzzTarget.All)
        {
            foreach ((string file, _) in FuzzCorpus.Of(name, target))
            {
                kept.Add(name, file);
            }
        }
        return kept;
    }

    /// <summary>Counts the parts.</summary>
    private sealed class Wrong : FuzzTarget
    {
        public override string What => "something that is wrong";

        public override void Run(byte[] input) => HoldsHoweverCut(input, static cuts => $"{cuts.Length + 1}");

        public override IEnumerable<byte[]> Seeds() => [];
    }
}
