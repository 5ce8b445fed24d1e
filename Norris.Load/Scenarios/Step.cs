namespace Norris.Load.Scenarios;

/// <summary>A part of a scenario's run that is measured by itself.</summary>
internal static class Step
{
    /// <summary>
    /// Runs a part and has it counted under <paramref name="name"/>. Its latency is what it says itself, else the time that it took. An
    /// exception is a failure with the exception's name; being cancelled is one called "not in time".
    /// </summary>
    public static async Task<Response> RunAsync(string name, ScenarioContext context, Func<Task<Response>> run)
    {
        long start = context.Clock.Now;
        Response response = await CatchAsync(run);
        response = response with { Latency = response.Latency ?? Clock.Between(start, context.Clock.Now) };
        context.Record(name, response);
        return response;
    }

    /// <summary>Runs something whose failures are answers; only a broken promise goes through.</summary>
    public static async Task<Response> CatchAsync(Func<Task<Response>> run)
    {
        try
        {
            return await run();
        }
        catch (OperationCanceledException)
        {
            return Response.Fail("not in time");
        }
        catch (Exception e) when (e is not Verification.ViolationException)
        {
            return Response.Fail(e.GetType().Name);
        }
    }
}
