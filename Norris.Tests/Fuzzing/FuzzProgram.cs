using SharpFuzz;

namespace Norris.Tests.Fuzzing;

/// <summary>
/// The program that <c>make fuzz</c> runs:
/// <code>
/// list                     the targets, one a line
/// seeds TARGET FOLDER      writes what is worth beginning with
/// run TARGET               tries standard input, again and again under afl-fuzz
/// replay TARGET FILE ...   tries files and says what is wrong with them; status 1 when something is
/// </code>
/// </summary>
internal static class FuzzProgram
{
    public static int Main(string[] args)
    {
        switch (args)
        {
            case ["list"]:
                Console.Out.Write(string.Concat(FuzzTarget.All.Keys.Select(static name => $"{name}\n")));
                return 0;
            case ["seeds", var name, var folder] when FuzzTarget.All.TryGetValue(name, out FuzzTarget? target):
                FuzzCorpus.Write(name, target, folder);
                return 0;
            case ["run", var name] when FuzzTarget.All.TryGetValue(name, out FuzzTarget? target):
                RunUnderFuzzer(target);
                return 0;
            case ["replay", var name, .. var files] when FuzzTarget.All.TryGetValue(name, out FuzzTarget? target):
                return files.Select(file => Replay(target, file)).ToArray().All(static isFine => isFine) ? 0 : 1;
            default:
                Console.Error.WriteLine("say list, seeds TARGET FOLDER, run TARGET, or replay TARGET FILE ...");
                return 2;
        }
    }

    private static void RunUnderFuzzer(FuzzTarget target)
    {
        var input = new MemoryStream();
        Fuzzer.Run(stream =>
        {
            input.SetLength(0);
            stream.CopyTo(input);
            target.Run(input.ToArray());
        });
    }

    private static bool Replay(FuzzTarget target, string file)
    {
        try
        {
            target.Run(File.ReadAllBytes(file));
            return true;
        }
        catch (Exception e)
        {
            Console.WriteLine($"{file}: {e}");
            return false;
        }
    }
}
