// Built by ame_explore/widgets/js/build.js; sources: sha256 cf63e58afeaac208a08b775fa22b561751f59675ff8c5be97c1f6e0c64c3049f
var h=()=>(performance.timeOrigin+performance.now())/1e3;var z=.4,he=3,ue={f4:Float32Array,i4:Int32Array,i2:Int16Array,u1:Uint8Array};function C(s,e){if(Array.isArray(s))return s.
map(t=>C(t,e));if(s===null||typeof s!="object")return s;if("buffer"in s&&"dtype"in s){let t=e[s.buffer],i=ArrayBuffer.isView(
t)?t.buffer.slice(t.byteOffset,t.byteOffset+t.byteLength):t.slice(0);return Object.assign(new ue[s.dtype](i),{shape:s.shape})}
return Object.fromEntries(Object.entries(s).map(([t,n])=>[t,C(n,e)]))}var j=class{constructor(e){this.model=e,this.page=
Array.from({length:4},()=>Math.random().toString(36).slice(2,8)).join(""),this.views=new Set,this.kept={},this.frame=null,
this.waiting=null,this.oldest=0,this.drawnAge=0,this.drawMs=0,this.there=!1,this.left=!0,this.gone=!1,this.low=-1/0,this.
high=1/0,this.heardAt=this.freshAt=h(),this.heard=!1,this.mended=!1,this.pingedAt=-1/0,this.onMessage=(t,n)=>this.receive(
t,n),e.on("msg:custom",this.onMessage),this.onVisible=()=>this.look(),document.addEventListener("visibilitychange",this.
onVisible),this.timer=setInterval(()=>this.watch(),500)}close(){clearInterval(this.timer),document.removeEventListener("\
visibilitychange",this.onVisible),this.model.off("msg:custom",this.onMessage),this.send({type:"away",left:!0})}send(e){try{
this.model.send({...e,page:this.page,t:h()}),this.gone=!1}catch{this.gone=!0}}tell(e){this.send(e)}mount(e){this.views.add(
e),e.seen=!0;let t=new IntersectionObserver(i=>{e.seen=i[i.length-1].isIntersecting,this.look()},{rootMargin:"300px"});t.
observe(e.el);for(let[i,o]of Object.entries(this.kept))e.retained?.(i,o);this.frame&&!(this.frame.moving&&this.age(this.
frame)>z)&&e.draw(this.frame);let n=this.there;return this.look(),n&&this.tell({type:"ready",have:this.have()}),()=>{t.disconnect(),
this.views.delete(e),this.look()}}have(){return Object.fromEntries(Object.entries(this.kept).map(([e,t])=>[e,t.retained]))}look(){
let e=[...this.views],t=!document.hidden&&e.some(o=>o.seen&&o.el.isConnected),n=!e.some(o=>o.el.isConnected);if(t===this.
there&&n===this.left)return;let i=t&&!this.there;[this.there,this.left]=[t,n],!(t&&!i)&&(this.heardAt=this.freshAt=h(),this.
tell(t?{type:"ready",have:this.have()}:{type:"away",left:n}))}watch(){if(this.look(),!this.there)return;let e=h()-this.heardAt;
e>(this.frame?.moving?1:4)&&h()-this.pingedAt>=1&&(this.pingedAt=h(),this.tell({type:"ping",have:this.have()}),!this.heard&&
!this.mended&&this.listenAgain());for(let t of this.views)t.silent?.(e>8||this.gone?e:0,this.gone)}async listenAgain(){try{
let e=await this.model.widget_manager?.get_model?.(this.model.get("own_id")),t=e&&Object.getPrototypeOf(Object.getPrototypeOf(
e))?._handle_comm_msg;if(!t||!e.comm||this.heard||this.mended)return;e.comm.on_msg(n=>t.call(e,n)),this.mended=!0,this.tell(
{type:"ready",have:this.have()})}catch{}}receive(e,t=[]){if(this.heardAt=h(),this.heard=!0,e.type==="hello"){let{page:i,
t:o,time:a}=e;i===this.page&&(this.high=Math.min(this.high,a-o));return}let n=C(e,t);if(e.type==="frame"){this.low=Math.
max(this.low,n.time-h());let i=n.heard[this.page];i&&(this.high=Math.min(this.high,i[1]-i[0])),this.low>this.high&&([this.
low,this.high]=[n.time-h(),1/0]);let o=this.waiting!==null;this.waiting=n,o||requestAnimationFrame(()=>this.paint())}else if(e.
retained){this.kept[e.type]=n;for(let i of this.views)i.retained?.(e.type,n)}else for(let i of this.views)i.message?.(n,
t)}age(e){let t=Number.isFinite(this.high)?(this.low+this.high)/2:this.low;return Math.max(0,h()+t-e.time)}paint(){let e=this.
waiting;if(this.waiting=null,!e||!this.there)return;let t=h(),n=this.age(e),i=n>z,o=i&&t-this.freshAt<he;if(!o){i||(this.
freshAt=t),this.frame=e,this.drawnAge=n;for(let a of this.views)try{a.draw(e),a.late?.(i?n:0)}catch(d){console.error("am\
e_explore: a view could not be drawn",d)}this.drawMs=1e3*(h()-t)}this.oldest=Math.max(this.oldest,o?0:n),!(!e.ask&&!o)&&
(this.tell({type:"ack",n:e.n,age_ms:1e3*(o?n:this.oldest),stale:o}),this.oldest=0)}};function N(s){return()=>{let e;return{
initialize({model:t}){return e=new j(t),()=>e.close()},render({el:t}){let n=s(e,t),i=e.mount(n);return()=>{i(),n.close?.()}}}}}var de=new Set(["svg","path"]),q={text:"textContent",value:"value",checked:"checked"};function b(s,e={},...t){let n=de.has(
s)?"http://www.w3.org/2000/svg":"http://www.w3.org/1999/xhtml",i=document.createElementNS(n,s);i.append(...t.flat(1/0).filter(
o=>o!=null&&o!==!1));for(let[o,a]of Object.entries(e))a==null||a===!1||(o.startsWith("on")?i.addEventListener(o.slice(2),
a):o in q?i[q[o]]=a:i.setAttribute(o,a===!0?"":String(a)));return i}function v(){let s=document.body.dataset.jpThemeLight;return s!==void 0?s==="false":["vscode-dark","dark-theme"].some(e=>document.
body.classList.contains(e))}var $={"#1a1a1a":"#ececec","#5a5a5a":"#b8b8b8","#e4e4e4":"#3c3c3c","#0072B2":"#4a9fd8"};var w="#111111",pe={...Object.fromEntries(Object.entries($).map(([s,e])=>[s.toLowerCase(),e])),white:w,"#fff":w,"#ffffff":w,
"#440154":"#9a75c4","#482878":"#8a7fcd","#3e4989":"#7387c9","#31688e":"#5a97bb","#00224e":"#6a86b8","#123570":"#6d8cc0",
"#3b496c":"#7d8cae","#e5ecf6":"#1c222b","#2a3f5f":"#d7dfeb"},me=new Set(["hovertext","hovertemplate","customdata","ids",
"x","y","z","name","labels","ticktext"]),ge=new Set(["heatmap","contour","surface","image"]),ye=new Set(["colorscale","c\
ontours","line"]),we=new Set(["shadow","color"]);function K(s){let e=pe[s.toLowerCase()];if(e)return e;let t=/^rgba\((\d+), ?(\d+), ?(\d+), ?([\d.]+)\)$/.
exec(s);if(t){let[n,i,o]=t.slice(1,4).map(Number);if(n===i&&i===o)return`rgba(${[1,2,3].map(()=>n>200?17:270-n).join()},${t[4]}\
)`}return s}function M(s,e=""){if(typeof s=="string")return e==="shadow"?s.replaceAll("white",w):e==="text"?s.replace(/color: ?(#\w{6})/g,
(n,i)=>`color:${K(i)}`):K(s);if(s===null||typeof s!="object"||ArrayBuffer.isView(s)||me.has(e))return s;if(Array.isArray(
s))return e==="text"||typeof s[0]=="number"&&typeof s[1]!="string"?s:s.map(n=>M(n,e));let t=ge.has(s.type)?ye:/black/.test(
s.shadow)?we:null;return Object.fromEntries(Object.entries(s).map(([n,i])=>[n,t?.has(n)?i:M(i,n)]))}function V(s){if(!v())
return s;let{data:e,layout:t}=M({data:s.data,layout:s.layout}),n={bgcolor:"rgba(0,0,0,0)",color:"#8f8f8f",activecolor:"#\
ececec"};t.modebar={...n,...t.modebar},t.newselection={line:{color:"#ececec"},...t.newselection},t.paper_bgcolor??=w,t.plot_bgcolor??=
w;let i=o=>({bgcolor:"#2b2b2b",...o,font:{...o.font,color:"#8f8f8f"}});return t.updatemenus&&(t.updatemenus=t.updatemenus.
map(i)),{data:e,layout:t}}var W=Symbol.for("ame_explore.plotly"),Y=globalThis;function G(){let s=Y[W];if(!s){let e=()=>{},t=new Promise(n=>e=n);Y[W]=
s={promise:t,resolve:e,ready:!1,asked:-1/0}}return s}function H(s){let e=G();return!e.ready&&h()-e.asked>10&&(e.asked=h(),
s.send({type:"need"})),e.promise}function be(){return new Promise(s=>{"requestIdleCallback"in globalThis?requestIdleCallback(
s,{timeout:1e3}):setTimeout(s)})}async function U(s){let e=G();if(!e.ready){e.ready=!0;try{let t=s,n=new Blob([t]).stream().
pipeThrough(new DecompressionStream("gzip")),i=await new Response(n).text();await be();let o={exports:{}};new Function("\
module","exports","define",i)(o,o.exports,void 0),e.resolve(o.exports)}catch(t){console.error("ame_explore: plotly.js co\
uld not be loaded",t),e.ready=!1}}}var J=s=>!s.some(e=>e.customdata);function Q(s,e,t){if(s.meta?.role==="places")return[];let n=t?e:s.customdata?.[e];return(typeof n==
"object"&&n!==null?Array.from(n):[n]).filter(o=>typeof o=="number"&&Number.isInteger(o)).map(Number)}function X(s,e){let t=J(
e);return[...new Set((s?.points??[]).flatMap(({fullData:n,pointNumber:i})=>Q(n,i,t)))]}function Z(s){let e=s?.points.find(
({fullData:t})=>t.meta?.role==="places");return e?Number(e.fullData.customdata?.[e.pointNumber]):null}function ee(s,e){return s.mode==="lines"||s.meta?.role?0:(e?s.x:s.customdata)?.length??0}function te(s,e,t){let n=[],i=e.
size?ee(s,t):0;for(let o=0;o<i;o++)Q(s,o,t).some(a=>e.has(a))&&n.push(o);return n}function ve(s,e,t){let n=te(e,t,!1),i=n.
length>400?[]:n,o=d=>i.flatMap(p=>[d?.[3*p]??null,d?.[3*p+1]??null,null]),a=Math.max(.12,Math.min(1,2/Math.sqrt(i.length||
1)));return{x:o(s.x),y:o(s.y),opacity:a}}function _(s,e){let t=new Map,n=J(s);return s.forEach((i,o)=>{let a=i.meta?.role;
if(a==="lit")t.set(o,ve(s[o-1],s[o+1],e));else{if(i.visible===!1)return;a==="segments"?t.set(o,{opacity:e.size?.3:1}):ee(
i,n)&&t.set(o,{selectedpoints:e.size?te(i,e,n):null})}}),t}function se(s,e,t){let n=(i,o)=>o.selectedpoints!==void 0?t&&
e[i].visible!=="legendonly":o.x?.length===0&&!((e[i].x?.length??0)>0);return new Map([...s].filter(([i,o])=>!n(i,o)))}function ne(s){
let e=[...s.values()],t=[...new Set(e.flatMap(n=>Object.keys(n)))];return[Object.fromEntries(t.map(n=>[n,e.map(i=>i[n])])),
[...s.keys()]]}var A=(s,e)=>s.size===e.size&&[...s].every(t=>e.has(t));function I(s){if(ArrayBuffer.isView(s)){let e=s;if(e.shape?.length!==2)return e;let[t,n]=e.shape;return Array.from({length:t},
(i,o)=>e.subarray(o*n,(o+1)*n))}return Array.isArray(s)?s.map(I):s===null||typeof s!="object"?s:Object.fromEntries(Object.
entries(s).map(([e,t])=>[e,I(t)]))}function xe(s,e){let t=b("div",{class:"ame-figure-plot","data-testid":"figure-plot",role:"\
img"}),n=b("p",{class:"ame-figure-sentence","data-testid":"figure-sentence","aria-live":"polite"}),i=b("p",{class:"ame-f\
igure-note","data-testid":"figure-note",role:"status"}),o=b("div",{class:"ame-figure","data-testid":"figure-view"},t,n,i);
e.append(o),i.textContent="Drawing…";let a=null,d=null,p=null,T=!1,g=!1,O=!1,S=new Set,f={ids:S,before:S,at:-1/0,own:!1,
revision:0},x={ids:S,revision:0};function D(r,l=!1){Object.assign(f,{before:f.ids,ids:new Set(r),at:h(),own:l}),s.send({
type:"select",ids:r}),setTimeout(m)}function ie(r){let l=new Set(r),c=A(l,f.before)&&h()-f.at<1;A(l,f.ids)||c||(Object.assign(
f,{ids:l,before:l,own:!1,revision:f.revision+1}),requestAnimationFrame(()=>setTimeout(m)))}function oe(){T=!0,t.on("plot\
ly_selected",r=>{r&&!g&&F(r,r.points.length>0)}),t.on("plotly_click",r=>{r&&!g&&F(r,!1)}),t.on("plotly_deselect",()=>{g||
D([])})}function F(r,l){let c=X(r,t.data),u=Z(r);c.length||u===null?D(c,l):s.send({type:"place",place:u})}async function re(r,l){
let c=I(l.figure),{data:u,layout:E}=V({data:c.data??[],layout:c.layout??{}});if(f.ids.size)for(let[ce,fe]of _(u,f.ids))Object.
assign(u[ce],fe);let y={uirevision:"live",...E,autosize:!0,height:l.height};f.revision!==x.revision&&(y.selections=[]),y.
selectionrevision=f.revision,delete y.width,t.style.height=`${l.height}px`;let le=String(y.title?.text??y.title??"").replace(
/<[^>]*>/g,"");await r.react(t,u,y,{responsive:!0,displaylogo:!1,showSendToCloud:!1,toImageButtonOptions:{filename:le.replace(
/[^\w.-]+/g,"_")||"figure",scale:2}}),T||oe()}async function ae(r){let[l,c]=ne(se(_(t.data,f.ids),t.data,f.own)),u=f.revision!==
x.revision,E=u?{selections:[],selectionrevision:f.revision}:{};(c.length||u)&&await r.update(t,l,E,c)}async function m(){
if(!(g||!a||O)){if(!t.clientWidth){requestAnimationFrame(()=>{t.clientWidth&&m()});return}for(g=!0;!O&&(d||p&&!A(x.ids,f.
ids));){let[r,l]=[d,{ids:f.ids,revision:f.revision}];d=null,r&&(p=r);let c=p;try{r?await re(a,r):await ae(a),i.textContent=
""}catch(u){i.textContent=`The figure could not be drawn: ${u instanceof Error?u.message:u}`}x=l,t.setAttribute("aria-la\
bel",c.sentence||c.figure.layout?.title?.text||"figure"),n.textContent!==c.sentence&&(n.textContent=c.sentence),o.dataset.
drawn=String(c.n),o.dataset.selected=String(f.ids.size)}g=!1}}let L=new ResizeObserver(()=>{d&&m()});L.observe(t);let k=v(),
P=new MutationObserver(()=>{v()!==k&&(k=!k,d??=p,m())});P.observe(document.body,{attributes:!0,attributeFilter:["data-jp\
-theme-light","class"]});let R=!1;function B(){if(a)return;let r=H(s);R||(R=!0,r.then(l=>{a=l,m()}))}return{el:o,draw(r){
d=r,B(),m()},retained(r,l){r==="selection"&&ie(l.selection)},message(r,l){r.type==="library"&&U(l[0])},silent(r,l){B();let c=l?
"Python has stopped: run the cell again.":r?`No answer from Python for ${Math.round(r)} s.`:"";(c||i.dataset.quiet)&&(i.
textContent=c),i.dataset.quiet=c},close(){O=!0,P.disconnect(),L.disconnect(),a&&a.purge(t)}}}var ze=N(xe);export{ze as default,I as rows};
