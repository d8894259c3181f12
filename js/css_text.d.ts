/** A style sheet is imported as its text; the panel puts it into a `<style>` element. */
declare module "*.css" {
  const text: string;
  export default text;
}
